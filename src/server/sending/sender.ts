import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../decision/answer.ts';
import { ArchivePieces } from './archive-pieces.ts';
import { type ArchiveBody, sendRange } from './archive-pump.ts';
import type { Deliveries } from './deliveries.ts';
import type { Received } from './delivery.ts';
import { isHarmful } from './fault.ts';
import { faultyBody, faultyPace, faultyPieces, lasting, type MetFault } from './faulty.ts';
import { ImageBlocks } from './image-blocks.ts';
import { LastBytes } from './last-bytes.ts';
import type { Pace } from './pace.ts';
import { CLIENT_CLOSED, FAULT, SENT, type Sent } from './sent.ts';

/**
 * Tells clients not to reuse an archive's connection, which we are about to close (RFC 2068, section 19.7.1.1: how long
 * it stays open at least).
 */
const KEPT_FOR_NO_TIME = ['Keep-Alive', 'timeout=0'];

/** Writes answers to sockets, and counts the archives under way. */
export class Sender {
  #running = 0;
  readonly #pace: Pace;
  readonly #deliveries: Deliveries;
  readonly #blocks = new ImageBlocks();
  readonly #lastBytes: LastBytes;

  /** `pace` is asked before each piece of an archive; `deliveries` tell how it arrived. */
  constructor(pace: Pace, deliveries: Deliveries) {
    this.#pace = pace;
    this.#deliveries = deliveries;
    this.#lastBytes = new LastBytes(deliveries);
  }

  /** Records that a request came in; see `LastBytes`. */
  heard(request: IncomingMessage): void {
    this.#lastBytes.heard(request);
  }

  /**
   * Sends `answer` (of a HEAD request, its head) to `client`, and returns how that went. `onProgress` gets how much
   * arrived. What can't be sent completely and truly ends in a destroyed connection, never in an orderly end. Faults of
   * a client or a disk are returned; only a bug is thrown, and the connection destroyed. `met` is a fault on purpose.
   */
  async send(
    response: ServerResponse,
    answer: Answer,
    client: string,
    onProgress: (received: Received) => void,
    met?: MetFault,
  ): Promise<Sent> {
    try {
      const sent =
        met === undefined
          ? await this.#write(response, answer, client, onProgress)
          : await this.#writeFaulty(response, answer, client, onProgress, met);
      if (sent.kind === 'broken') response.destroy();
      return sent;
    } catch (error) {
      response.destroy();
      throw error;
    }
  }

  #write(
    response: ServerResponse,
    answer: Answer,
    client: string,
    onProgress: (received: Received) => void,
  ): Promise<Sent> {
    const { body } = answer;
    // the client left while the answer was decided; Node throws for an answer that it can't write
    if (response.destroyed) return Promise.resolve(CLIENT_CLOSED);
    if (body.kind === 'archive' && response.req.method !== 'HEAD') {
      writeArchiveHead(response, answer);
      return this.#sendArchive(response, body, client, onProgress);
    }
    response.writeHead(answer.status, answer.headers as string[]);
    return new Promise((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? SENT : CLIENT_CLOSED));
      if (body.kind !== 'bytes' || response.req.method === 'HEAD') {
        response.end();
        return;
      }
      onProgress({ bytes: body.bytes.length, stalledSinceMs: undefined });
      response.end(body.bytes);
    });
  }

  /** Does the same with a fault: the answer and the checks are the same, what goes on the line is not. */
  async #writeFaulty(
    response: ServerResponse,
    answer: Answer,
    client: string,
    onProgress: (received: Received) => void,
    met: MetFault,
  ): Promise<Sent> {
    const { fault, over } = met;
    if (fault.kind === 'late') await lasting(response, over, fault.seconds * 1000);
    const { body } = answer;
    if (body.kind !== 'archive') return this.#write(response, answer, client, onProgress);
    if (response.destroyed || response.socket?.readableEnded) return CLIENT_CLOSED;
    writeArchiveHead(response, answer);
    if (fault.kind !== 'cut' && fault.kind !== 'stall') {
      const sent = await this.#sendArchive(response, faultyBody(body, fault), client, onProgress, met);
      return sent.kind === 'sent' && isHarmful(fault) ? FAULT : sent;
    }
    response.flushHeaders();
    const part = faultyBody(body, fault);
    if (fault.kind === 'cut') {
      const sent = await this.#sendBeginning(response, part, client, onProgress);
      return sent.kind === 'sent' ? FAULT : sent;
    }
    const sent = await this.#sendBeginning(response, part, client, onProgress, over);
    if (sent.kind === 'broken') return sent;
    await lasting(response, over);
    return FAULT;
  }

  /** Sends a part of an archive, and leaves the connection as it is then; with `over`, once the part arrived. */
  async #sendBeginning(
    response: ServerResponse,
    body: ArchiveBody,
    client: string,
    onProgress: (received: Received) => void,
    over?: AbortSignal,
  ): Promise<Sent> {
    const { socket } = response;
    if (socket === null) return CLIENT_CLOSED;
    const delivery = this.#deliveries.begin(socket, onProgress);
    const pieces = new ArchivePieces(body, this.#blocks, () => this.#running);
    try {
      const sent = await sendRange(response, body, pieces, { pace: this.#pace, client, delivery });
      if (sent.kind === 'broken' || over === undefined) return sent;
      delivery.complete();
      if (await this.#deliveries.canLook()) await Promise.race([delivery.ended, lasting(response, over)]);
      return sent;
    } finally {
      delivery.close();
      if (socket.closed) pieces.close();
      else socket.once('close', () => pieces.close());
    }
  }

  async #sendArchive(
    response: ServerResponse,
    body: ArchiveBody,
    client: string,
    onProgress: (received: Received) => void,
    met?: MetFault,
  ): Promise<Sent> {
    const { socket } = response;
    if (socket === null) return CLIENT_CLOSED;
    const delivery = this.#deliveries.begin(socket, onProgress);
    this.#running++;
    try {
      const pieces = new ArchivePieces(body, this.#blocks, () => this.#running);
      const pace = met === undefined ? this.#pace : faultyPace(this.#pace, met);
      const taken = met === undefined ? pieces : faultyPieces(pieces, body, met.fault);
      const sent = await sendRange(response, body, taken, { pace, client, delivery });
      if (sent.kind === 'broken') {
        if (socket.closed) pieces.close();
        else socket.once('close', () => pieces.close());
        return sent;
      }
      pieces.close();
      return await this.#lastBytes.taken(response, delivery);
    } finally {
      delivery.close();
      this.#running--;
    }
  }
}

/** Node would end the connection itself, and a client that left before its last byte would look like one that has it. */
function writeArchiveHead(response: ServerResponse, { status, headers }: Answer): void {
  response.shouldKeepAlive = true;
  response.writeHead(status, [...headers, ...KEPT_FOR_NO_TIME]);
}
