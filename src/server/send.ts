import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, Approval, Body } from './answer.ts';
import { readArchive, ShortReadError } from './archive-reader.ts';
import { BufferPool } from './buffer-pool.ts';
import { bufferBytes, HELD_BACK_BYTES, LAST_BYTE_WAIT_MS, SEND_TIMEOUT_MS } from './limits.ts';
import type { Pace } from './pace.ts';
import type { BreakReason } from './transfer.ts';

/** How sending went: all of it, or up to a point and why. */
export type Sent = { readonly kind: 'sent' } | { readonly kind: 'broken'; readonly reason: BreakReason };

const SENT: Sent = { kind: 'sent' };
const CLIENT_CLOSED: Sent = { kind: 'broken', reason: 'client closed' };
const CLIENT_STALLED: Sent = { kind: 'broken', reason: 'client stalled' };
const IMAGE_WRONG: Sent = { kind: 'broken', reason: 'image wrong' };
const IMAGE_CHANGED: Sent = { kind: 'broken', reason: 'image changed' };
const IMAGE_UNREADABLE: Sent = { kind: 'broken', reason: 'image unreadable' };

type ArchiveBody = Extract<Body, { kind: 'archive' }>;

/** Writes answers to sockets, and knows how many archives are under way. */
export class Sender {
  #running = 0;
  readonly #pace: Pace;
  readonly #pool = new BufferPool();
  readonly #lastRequest = new WeakMap<Socket, IncomingMessage>();
  readonly #awaitingLastByte = new WeakMap<Socket, () => void>();

  /** `pace` is asked before each piece of an archive. */
  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Tells that a request came in: whoever asks again on a connection has read the answer before. */
  heard(request: IncomingMessage): void {
    this.#lastRequest.set(request.socket, request);
    this.#awaitingLastByte.get(request.socket)?.();
  }

  /**
   * Sends `answer` (of a HEAD request, its head) to `client` and tells `onEnd` how that went. `onBytes` is told of body
   * bytes as the network takes them. What can't be sent completely and truly ends in a destroyed connection, never in an
   * orderly end. Never throws for what a client or a disk does.
   */
  send(
    response: ServerResponse,
    answer: Answer,
    client: string,
    onBytes: (count: number) => void,
    onEnd: (sent: Sent) => void,
  ): void {
    const { body } = answer;
    if (response.destroyed) {
      onEnd(CLIENT_CLOSED); // while the answer was looked for; Node throws for an answer that it can't write
      return;
    }
    // Node would end the connection itself, and a client that left before its last byte would look like one that has it.
    const isArchive = body.kind === 'archive' && response.req.method !== 'HEAD';
    if (isArchive) response.shouldKeepAlive = true;
    const headers = isArchive ? [...answer.headers, ...KEPT_FOR_NO_TIME] : answer.headers;
    response.writeHead(answer.status, headers as string[]);
    if (isArchive) {
      this.#running++;
      void this.#sendArchive(response, body, client, onBytes).then((sent) => {
        this.#running--;
        if (sent.kind === 'broken') response.destroy();
        onEnd(sent);
      });
      return;
    }
    response.on('close', () => onEnd(response.writableFinished ? SENT : CLIENT_CLOSED));
    if (body.kind !== 'bytes' || response.req.method === 'HEAD') {
      response.end();
      return;
    }
    onBytes(body.bytes.length);
    response.end(body.bytes);
  }

  /** Buffers go back only after a transfer that was sent: of a broken one the network may still hold a piece. */
  async #sendArchive(
    response: ServerResponse,
    body: ArchiveBody,
    client: string,
    onBytes: (count: number) => void,
  ): Promise<Sent> {
    const size = bufferBytes(this.#running);
    const buffers = [this.#pool.take(size), this.#pool.take(size)] as const;
    const line = { pace: this.#pace, client };
    const sent = await sendRange(response, body, buffers, line, onBytes);
    if (sent.kind === 'broken') return sent;
    for (const buffer of buffers) this.#pool.give(buffer);
    return this.#lastByteTaken(response);
  }

  /**
   * Ends the response and waits until the client showed that it has everything: a small image is gone to the kernel
   * in an instant, and a board cut off then would count as served.
   */
  #lastByteTaken(response: ServerResponse): Promise<Sent> {
    const { socket } = response;
    if (socket === null || socket.destroyed) return Promise.resolve(CLIENT_CLOSED);
    return new Promise((resolve) => {
      const halfClose = setTimeout(() => socket.end(), LAST_BYTE_WAIT_MS);
      const settle = (sent: Sent) => {
        clearTimeout(halfClose);
        this.#awaitingLastByte.delete(socket);
        socket.off('end', onEnd).off('error', onError).off('close', onClose).off('timeout', onTimeout);
        resolve(sent);
      };
      const onEnd = () => settle(SENT);
      const onError = () => settle(CLIENT_CLOSED);
      const onClose = (failed: boolean) => settle(failed ? CLIENT_CLOSED : SENT);
      const onTimeout = () => {
        settle(CLIENT_STALLED);
        socket.destroy();
      };
      this.#awaitingLastByte.set(socket, () => settle(SENT));
      socket.on('end', onEnd).on('error', onError).on('close', onClose).on('timeout', onTimeout);
      const askedAgain = this.#lastRequest.get(socket) !== response.req;
      response.end(() => (askedAgain ? settle(SENT) : socket.setTimeout(SEND_TIMEOUT_MS)));
    });
  }
}

/**
 * Who would ask again on the connection of an archive might do so just as we close it: this tells clients not to (RFC
 * 2068, section 19.7.1.1: for how long at least it stays open).
 */
const KEPT_FOR_NO_TIME = ['Keep-Alive', 'timeout=0'];

/** Whose leave a transfer needs for each piece, and for whom. */
interface Line {
  readonly pace: Pace;
  readonly client: string;
}

/** Sends a range of an archive by two buffers in turn: one is read into while the other is written. */
async function sendRange(
  response: ServerResponse,
  body: ArchiveBody,
  buffers: readonly [Buffer, Buffer],
  line: Line,
  onBytes: (count: number) => void,
): Promise<Sent> {
  const { range, set } = body;
  const writer = new Writer(response);
  const gate = gateOf(body);
  let [filling, sending] = buffers;
  for (let position = range.start; position <= range.end; ) {
    if (position >= gate && body.approval !== undefined) {
      const approved = await writer.approved(body.approval);
      if (approved.kind === 'broken') return approved;
    }
    const end = position < gate ? Math.min(gate, range.end + 1) : range.end + 1;
    const part = filling.subarray(0, Math.min(filling.length, line.pace.mostBytes, end - position));
    const read = await readPart(body, part, position);
    if (read.kind === 'broken') return read;
    position += part.length;
    // The last bytes are the client's proof that it has the image: they go out only if all before them were true.
    if (position > range.end && !(await set.zst.isUnchanged())) return IMAGE_CHANGED;
    const written = await writer.written();
    if (written.kind === 'broken') return written;
    if (Number.isFinite(line.pace.mostBytes)) {
      const granted = await writer.granted(line, part.length);
      if (granted.kind === 'broken') return granted;
    }
    writer.write(part, () => onBytes(part.length));
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

async function readPart({ archive, set }: ArchiveBody, part: Buffer, position: number): Promise<Sent> {
  try {
    await readArchive(archive, set, part, position);
    return SENT;
  } catch (error) {
    return error instanceof ShortReadError ? IMAGE_CHANGED : IMAGE_UNREADABLE;
  }
}

/** One write at a time, and word of it when the network took it or the client went away. */
class Writer {
  readonly #response: ServerResponse;
  #pending: Promise<Sent> = Promise.resolve(SENT);
  #settle: (sent: Sent) => void = () => {};
  #stalled = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.once('close', () => this.#settle(this.#ended));
    response.setTimeout(SEND_TIMEOUT_MS, () => {
      this.#stalled = true;
      response.destroy();
    });
  }

  /** How sending ended, once the client takes no more. */
  get #ended(): Sent {
    return this.#stalled ? CLIENT_STALLED : CLIENT_CLOSED;
  }

  /** Waits until the rest may be sent. */
  async approved(approval: Approval): Promise<Sent> {
    const written = await this.#pending;
    if (written.kind === 'broken') return written;
    return this.#rest((settle) => {
      void approval.then((isApproved) => settle(isApproved ? SENT : IMAGE_WRONG));
      return () => {};
    });
  }

  /** Waits until `bytes` more may go on the line. */
  granted({ pace, client }: Line, bytes: number): Promise<Sent> {
    return this.#rest((settle) => pace.ask(client, bytes, () => settle(SENT)));
  }

  /**
   * Has `begin` wait for something, and withdraw when the client goes away. Nothing moves meanwhile, which is not the
   * client's fault: its time-out rests.
   */
  #rest(begin: (settle: (sent: Sent) => void) => () => void): Promise<Sent> {
    const response = this.#response;
    const { socket } = response;
    if (response.destroyed || socket === null) return Promise.resolve(CLIENT_CLOSED);
    return new Promise((resolve) => {
      let withdraw = () => {};
      const settle = (sent: Sent) => {
        response.off('close', onClose);
        if (sent.kind === 'sent') socket.setTimeout(SEND_TIMEOUT_MS);
        resolve(sent);
      };
      const onClose = () => {
        withdraw();
        resolve(CLIENT_CLOSED);
      };
      socket.setTimeout(0);
      response.once('close', onClose);
      withdraw = begin(settle);
    });
  }

  /** Settles when the write before was taken. */
  written(): Promise<Sent> {
    return this.#pending;
  }

  write(bytes: Buffer, onTaken: () => void): void {
    this.#pending = new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#response.destroyed) return resolve(CLIENT_CLOSED);
      this.#response.write(bytes, (error) => {
        if (error) return resolve(this.#ended);
        onTaken();
        resolve(SENT);
      });
    });
  }
}
