import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { systemErrorCode } from '../errors.ts';
import type { Answer, Approval, Body } from './answer.ts';
import { readArchive, ShortReadError } from './archive-reader.ts';
import { BufferPool } from './buffer-pool.ts';
import type { Deliveries } from './deliveries.ts';
import type { Delivery, DeliveryEnd, Received } from './delivery.ts';
import { whileHalfClosed } from './half-closed.ts';
import { bufferBytes, HELD_BACK_BYTES, LAST_BYTE_WAIT_MS, SLOW_PIECE_BYTES } from './limits.ts';
import type { Pace } from './pace.ts';
import type { BreakReason } from './transfer.ts';

/** How sending went: all of it, or up to a point and why. */
export type Sent =
  | { readonly kind: 'sent' }
  /** `code`: the system's name for the reason, where the image could not be read. */
  | { readonly kind: 'broken'; readonly reason: BreakReason; readonly code?: string };

const SENT: Sent = { kind: 'sent' };
const CLIENT_CLOSED: Sent = { kind: 'broken', reason: 'client closed' };
const CLIENT_STALLED: Sent = { kind: 'broken', reason: 'client stalled' };
const IMAGE_WRONG: Sent = { kind: 'broken', reason: 'image wrong' };
const IMAGE_CHANGED: Sent = { kind: 'broken', reason: 'image changed' };

type ArchiveBody = Extract<Body, { kind: 'archive' }>;

/** Writes answers to sockets, and knows how many archives are under way. */
export class Sender {
  #running = 0;
  readonly #pace: Pace;
  readonly #deliveries: Deliveries;
  readonly #pool = new BufferPool();
  readonly #lastRequest = new WeakMap<Socket, IncomingMessage>();
  readonly #awaitingLastByte = new WeakMap<Socket, () => void>();

  /** `pace` is asked before each piece of an archive; `deliveries` tell what came of it. */
  constructor(pace: Pace, deliveries: Deliveries) {
    this.#pace = pace;
    this.#deliveries = deliveries;
  }

  /** Tells that a request came in: whoever asks again on a connection has read the answer before. */
  heard(request: IncomingMessage): void {
    this.#lastRequest.set(request.socket, request);
    this.#awaitingLastByte.get(request.socket)?.();
  }

  /**
   * Sends `answer` (of a HEAD request, its head) to `client`, and answers how that went. `onProgress` is told
   * how far it came. What can't be sent completely and truly ends in a destroyed connection, never in an
   * orderly end. What a client or a disk does is an answer; only a bug is thrown, and the connection destroyed.
   */
  async send(
    response: ServerResponse,
    answer: Answer,
    client: string,
    onProgress: (received: Received) => void,
  ): Promise<Sent> {
    try {
      const sent = await this.#write(response, answer, client, onProgress);
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
    // while the answer was looked for; Node throws for an answer that it can't write
    if (response.destroyed) return Promise.resolve(CLIENT_CLOSED);
    // Node would end the connection itself, and a client that left before its last byte would look like one that has it.
    const isArchive = body.kind === 'archive' && response.req.method !== 'HEAD';
    if (isArchive) response.shouldKeepAlive = true;
    const headers = isArchive ? [...answer.headers, ...KEPT_FOR_NO_TIME] : answer.headers;
    response.writeHead(answer.status, headers as string[]);
    if (isArchive) return this.#sendArchive(response, body, client, onProgress);
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

  async #sendArchive(
    response: ServerResponse,
    body: ArchiveBody,
    client: string,
    onProgress: (received: Received) => void,
  ): Promise<Sent> {
    const { socket } = response;
    if (socket === null) return CLIENT_CLOSED;
    const delivery = this.#deliveries.begin(socket, onProgress);
    this.#running++;
    try {
      const size = bufferBytes(this.#running);
      const buffers = [this.#pool.take(size), this.#pool.take(size)] as const;
      const giveBack = () => {
        for (const buffer of buffers) this.#pool.give(buffer);
      };
      const sent = await sendRange(response, body, buffers, { pace: this.#pace, client, delivery });
      if (sent.kind === 'broken') {
        // until its connection is closed, a piece may wait to be written
        if (socket.closed) giveBack();
        else socket.once('close', giveBack);
        return sent;
      }
      giveBack();
      return await this.#lastByteTaken(response, delivery);
    } finally {
      delivery.close();
      this.#running--;
    }
  }

  /**
   * Waits until the client showed that it has everything: a small image is gone to the kernel in an instant, and a
   * board cut off then would count as served.
   */
  #lastByteTaken(response: ServerResponse, delivery: Delivery): Promise<Sent> {
    const { socket } = response;
    if (socket === null || socket.destroyed) return Promise.resolve(CLIENT_CLOSED);
    delivery.complete();
    return socket.readableEnded
      ? this.#allAcknowledged(response, delivery)
      : this.#lastWord(response, socket, delivery);
  }

  /** Waits for a client that closed its half and can say nothing more. Node closes the connection when a response is ended. */
  async #allAcknowledged(response: ServerResponse, delivery: Delivery): Promise<Sent> {
    const closed = new Promise<Sent>((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? SENT : CLIENT_CLOSED));
    });
    if (await this.#deliveries.canLook()) {
      const sent = await Promise.race([closed, delivery.ended.then(sentBy)]);
      if (sent.kind === 'broken') return sent;
    }
    response.end();
    return closed;
  }

  /** Ends the response and waits until the client closes its half, or asks again. */
  #lastWord(response: ServerResponse, socket: Socket, delivery: Delivery): Promise<Sent> {
    return new Promise((resolve, reject) => {
      let hasLeft = false;
      let patience: NodeJS.Timeout | undefined;
      const halfClose = setTimeout(() => socket.end(), LAST_BYTE_WAIT_MS);
      const settle = (sent: Sent) => {
        clearTimeout(halfClose);
        clearTimeout(patience);
        this.#awaitingLastByte.delete(socket);
        socket.off('end', onEnd).off('error', onError).off('close', onClose);
        resolve(sent);
      };
      const onEnd = () => {
        hasLeft = true;
        this.#deliveries.isLacking(delivery).then((isLacking) => isLacking || settle(SENT), reject);
      };
      const onError = () => settle(CLIENT_CLOSED);
      const onClose = (hasFailed: boolean) => {
        if (hasFailed || !hasLeft) settle(delivery.isAcknowledged ? SENT : CLIENT_CLOSED);
      };
      const finish = (sent: Sent) => {
        settle(sent);
        socket.destroy();
      };
      const onDelivered = (end: DeliveryEnd) => {
        // it has everything, but may not be done with reading it
        if (end === 'acknowledged' && !hasLeft) patience = setTimeout(finish, this.#deliveries.timeoutMs, SENT);
        else finish(sentBy(end));
      };
      this.#awaitingLastByte.set(socket, () => settle(SENT));
      socket.on('end', onEnd).on('error', onError).on('close', onClose);
      delivery.ended.then(onDelivered, reject);
      const askedAgain = this.#lastRequest.get(socket) !== response.req;
      // Node gives a kept connection its time-out before this, and a client may be at its last bytes for longer than that
      response.once('finish', () => (askedAgain ? settle(SENT) : socket.setTimeout(0)));
      response.end();
    });
  }
}

function sentBy(end: DeliveryEnd): Sent {
  switch (end) {
    case 'acknowledged':
      return SENT;
    case 'stalled':
      return CLIENT_STALLED;
    case 'gone':
      return CLIENT_CLOSED;
  }
}

/**
 * Who would ask again on the connection of an archive might do so just as we close it: this tells clients not to (RFC
 * 2068, section 19.7.1.1: for how long at least it stays open).
 */
const KEPT_FOR_NO_TIME = ['Keep-Alive', 'timeout=0'];

/** What a transfer goes over: whose leave it needs for each piece, for whom, and what is known of what it took. */
interface Line {
  readonly pace: Pace;
  readonly client: string;
  readonly delivery: Delivery;
}

/** Sends a range of an archive by two buffers in turn: one is read into while the other is written. */
async function sendRange(
  response: ServerResponse,
  body: ArchiveBody,
  buffers: readonly [Buffer, Buffer],
  line: Line,
): Promise<Sent> {
  const { range } = body;
  const { pace, delivery } = line;
  const writer = new Writer(response, line);
  const gate = gateOf(body);
  let [filling, sending] = buffers;
  let { approval } = body;
  for (let position = range.start; position <= range.end; ) {
    let end = position < gate ? Math.min(gate, range.end + 1) : range.end + 1;
    if (position >= gate && approval !== undefined) {
      const approved = await writer.approved(approval, position < range.end);
      if (approved === 'unsure') end = position + 1;
      else if (approved.kind === 'broken') return approved;
      else approval = undefined;
    }
    const mostBytes = delivery.seemsSlow ? SLOW_PIECE_BYTES : filling.length;
    const part = filling.subarray(0, Math.min(mostBytes, filling.length, pace.mostBytes, end - position));
    const isLast = position + part.length > range.end;
    const read = await readPart(body, part, position, isLast);
    if (read.kind === 'broken') return read;
    position += part.length;
    const written = await writer.written();
    if (written.kind === 'broken') return written;
    if (Number.isFinite(pace.mostBytes)) {
      const granted = await writer.granted(part.length);
      if (granted.kind === 'broken') return granted;
    }
    writer.write(part);
    [filling, sending] = [sending, filling];
  }
  return writer.written();
}

/** From this byte on an archive is sent only with approval; infinite where none is needed. */
function gateOf({ archive, approval }: ArchiveBody): number {
  const image = archive.segments.find((segment) => segment.kind === 'image');
  if (approval === undefined || image === undefined) return Number.POSITIVE_INFINITY;
  return image.start + Math.max(0, image.length - HELD_BACK_BYTES);
}

/**
 * Fills `part` with the archive's bytes from `position` on. The last ones are the client's proof that it has the image:
 * they are good only if all before them were true.
 */
async function readPart({ archive, set }: ArchiveBody, part: Buffer, position: number, isLast: boolean): Promise<Sent> {
  try {
    await readArchive(archive, set, part, position);
    return isLast && !(await set.zst.isUnchanged()) ? IMAGE_CHANGED : SENT;
  } catch (error) {
    if (error instanceof ShortReadError) return IMAGE_CHANGED;
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return { kind: 'broken', reason: 'image unreadable', code };
  }
}

/** One write at a time, and word of it when the network took it or the client went away. */
class Writer {
  readonly #response: ServerResponse;
  readonly #line: Line;
  #pending: Promise<Sent> = Promise.resolve(SENT);
  #settle: (sent: Sent) => void = () => {};
  #stalled = false;
  /** Bytes that were written to learn whether the client is still there. */
  #probes = 0;

  constructor(response: ServerResponse, line: Line) {
    this.#response = response;
    this.#line = line;
    response.once('close', () => this.#settle(this.#ended));
    void line.delivery.ended.then((end) => {
      if (end === 'acknowledged') return;
      this.#stalled = end === 'stalled';
      response.destroy();
    });
  }

  /** How sending ended, once the client takes no more. */
  get #ended(): Sent {
    return this.#stalled ? CLIENT_STALLED : CLIENT_CLOSED;
  }

  /**
   * Waits until the rest may be sent. The client may close its half meanwhile, in an orderly way even where it is gone,
   * as nginx does: 'unsure' when one more byte would tell, if there is one to spare.
   */
  async approved(approval: Approval, mayProbe: boolean): Promise<Sent | 'unsure'> {
    const written = await this.#pending;
    if (written.kind === 'broken') return written;
    const { socket } = this.#response;
    return this.#rest<Sent | 'unsure'>((settle, fail) => {
      const probe = () => {
        this.#probes++;
        settle('unsure');
      };
      const stopProbing = socket === null || !mayProbe ? () => {} : whileHalfClosed(socket, probe, this.#probes);
      approval.then((isApproved) => settle(isApproved ? SENT : IMAGE_WRONG), fail);
      return stopProbing;
    });
  }

  /** Waits until `bytes` more may go on the line. */
  granted(bytes: number): Promise<Sent> {
    const { pace, client } = this.#line;
    return this.#rest<Sent>((settle) => pace.ask(client, bytes, () => settle(SENT)));
  }

  /**
   * Has `begin` wait for something, and withdraw when it settled or the client goes away. Nothing is sent meanwhile,
   * which is not the client's fault.
   */
  #rest<T>(begin: (settle: (come: T) => void, fail: (error: unknown) => void) => () => void): Promise<T | Sent> {
    const response = this.#response;
    const { delivery } = this.#line;
    if (response.destroyed) return Promise.resolve(this.#ended);
    return new Promise((resolve, reject) => {
      let withdraw = () => {};
      const settle = (come: T) => {
        withdraw();
        response.off('close', onClose);
        delivery.rest(false);
        resolve(come);
      };
      const onClose = () => {
        withdraw();
        resolve(this.#ended);
      };
      delivery.rest(true);
      response.once('close', onClose);
      withdraw = begin(settle, reject);
    });
  }

  /** Settles when the write before was taken. */
  written(): Promise<Sent> {
    return this.#pending;
  }

  write(bytes: Buffer): void {
    this.#pending = new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#response.destroyed) return resolve(this.#ended);
      this.#response.write(bytes, (error) => {
        if (error) return resolve(this.#ended);
        this.#line.delivery.took(bytes.length);
        resolve(SENT);
      });
    });
  }
}
