import type { ConnectionKey, SendQueue, SendQueues } from '../../send-queues.ts';
import {
  FAST_BYTES_PER_TICK,
  MOST_BURST_BYTES,
  MOST_HELD_BYTES,
  PIECES_PER_TICK,
  SLOWEST_CLIENT_BYTES_PER_S,
  SMALLEST_SENT_BYTES,
  STALL_SHOWN_AFTER_MS,
} from '../limits.ts';

/** How much of an answer's body arrived. */
export interface Received {
  /** Body bytes that the client acknowledged, as far as is known. */
  readonly bytes: number;
  /** Since when it has acknowledged nothing, by `performance.now()`; undefined while it does. */
  readonly stalledSinceMs: number | undefined;
}

/** How a delivery ended that its client did not end itself. */
export type DeliveryEnd =
  /** The client acknowledged everything. */
  | 'acknowledged'
  /** It acknowledged nothing for too long. */
  | 'stalled'
  /** The connection is gone, and not everything was acknowledged. */
  | 'gone';

/** A connection is gone only if two looks in a row did not find it: lines may be missed while others come and go. */
const LOOKS_UNTIL_GONE = 2;

const SLOWEST_BYTES_PER_MS = SLOWEST_CLIENT_BYTES_PER_S / 1000;

/** The bytes of a body on their way to a client: how many the network took, and how many the client acknowledged. */
export class Delivery {
  /** The key of its connection in the system's queues. */
  readonly key: ConnectionKey | undefined;
  readonly #timeoutMs: number;
  readonly #onClosed: () => void;
  readonly #endBytes: () => number;
  readonly #onProgress: (received: Received) => void;
  /** Settles with how it ended, unless it is closed before. */
  readonly ended: Promise<DeliveryEnd>;
  #end: (end: DeliveryEnd) => void = () => {};
  #isClosed = false;
  #takenBytes = 0;
  #takenAtTick = 0;
  #acknowledgedBytes = 0;
  /** What was reported last; it never decreases. */
  #shownBytes = 0;
  /** What the system had queued at the last look; undefined before one, or where none is possible. */
  #queuedBytes: number | undefined;
  /** What the network had taken then. */
  #takenAtLook = 0;
  /** Whether the system does not tell what it has queued. */
  #isBlind = false;
  /** How many bytes the client took beyond the slowest rate when last seen to take any: it may be busy with them for long. */
  #burstBytes = 0;
  #burstAtMs = performance.now();
  /** When the client was last seen to answer that it has no room. */
  #fullAtMs = Number.NEGATIVE_INFINITY;
  #looksInVain = 0;
  #isSlow = false;
  #mostPieceBytes = Number.POSITIVE_INFINITY;
  #isResting = false;
  #isComplete = false;
  #movedAtMs = performance.now();
  /** What the network took until it was full for the first time, and when that was. */
  #filled: { readonly bytes: number; readonly atMs: number } | undefined;

  /** `endBytes`: bytes at the end of the queue that don't belong to the body: a closing alert, once it was sent. */
  constructor(
    key: ConnectionKey | undefined,
    timeoutMs: number,
    onProgress: (received: Received) => void,
    onClosed: () => void,
    endBytes: () => number,
  ) {
    this.key = key;
    this.#timeoutMs = timeoutMs;
    this.#onProgress = onProgress;
    this.#onClosed = onClosed;
    this.#endBytes = endBytes;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** The most bytes to send at a time, from what the client took lately: of a piece, we don't know how much it has. */
  get mostPieceBytes(): number {
    return this.#mostPieceBytes;
  }

  /** Whether the client acknowledged all that was sent; undefined where that is not known. */
  get isAcknowledged(): boolean | undefined {
    return this.#queuedBytes === undefined || this.#looksInVain > 0 ? undefined : this.#queuedBytes === 0;
  }

  /** Records that the network took that many more bytes: it had room for them, since the client took some before. */
  took(bytes: number, nowMs = performance.now()): void {
    this.#takenBytes += bytes;
    this.#movedAtMs = nowMs;
    this.#tell(nowMs);
  }

  /** Records whether we keep the client waiting. */
  rest(isResting: boolean): void {
    this.#isResting = isResting;
  }

  /** Records that the network took the last byte. */
  complete(): void {
    this.#isComplete = true;
  }

  /** Stops watching. Reports what the network took since the last look, too. */
  close(): void {
    const bytes = Math.max(this.#acknowledgedBytes, this.#takenBytes - (this.#queuedBytes ?? 0));
    this.#onProgress({
      bytes: Math.max(this.#shownBytes, bytes),
      stalledSinceMs: this.#stalledSinceMs(performance.now()),
    });
    this.#isClosed = true;
    this.#onClosed();
  }

  /** Ends it as a delivery whose connection is gone. */
  giveUp(): void {
    this.#end('gone');
  }

  /** Records what the network took since the last tick, and judges by that where nothing more is known. */
  tick(nowMs: number): void {
    const bytes = this.#takenBytes - this.#takenAtTick;
    this.#takenAtTick = this.#takenBytes;
    this.#isSlow = bytes < FAST_BYTES_PER_TICK;
    this.#mostPieceBytes = Math.max(SMALLEST_SENT_BYTES, Math.floor(bytes / PIECES_PER_TICK));
    if (this.#queuedBytes !== undefined) return;
    if (this.#isResting) this.#movedAtMs = nowMs;
    if (this.#isSlow) this.#filled ??= { bytes: this.#takenBytes, atMs: nowMs };
    this.#judge(nowMs, this.#timeoutMs + this.#mostMsUnseen());
  }

  /**
   * Begins a look at the system's queues; the returned function takes its result, and ends it. `showsAll`: whether the
   * queues are known to show connections such as this one, so that one never seen is gone, too.
   */
  look(): (queues: SendQueues | undefined, nowMs: number, showsAll?: boolean) => void {
    const takenBytes = this.#takenBytes;
    const isComplete = this.#isComplete;
    return (queues, nowMs, showsAll = this.#queuedBytes !== undefined) => {
      this.#isBlind = queues === undefined && this.#queuedBytes === undefined;
      const queue = this.key === undefined ? undefined : queues?.get(this.key);
      if (queue !== undefined) this.#see(queue, takenBytes, isComplete, nowMs);
      else if (queues !== undefined && showsAll && ++this.#looksInVain >= LOOKS_UNTIL_GONE) this.#end('gone');
    };
  }

  #see({ bytes, isFull }: SendQueue, takenBytes: number, isComplete: boolean, nowMs: number): void {
    const queuedBytes = Math.max(0, bytes - this.#endBytes());
    const acknowledged = takenBytes - queuedBytes;
    // the network may take more than we know of yet: what it holds changes only while the client takes some of it
    const hasMoved = queuedBytes === 0 || queuedBytes !== this.#queuedBytes || acknowledged > this.#acknowledgedBytes;
    if (isFull) this.#fullAtMs = nowMs;
    if (hasMoved) this.#move(Math.max(0, acknowledged - this.#acknowledgedBytes), nowMs);
    this.#queuedBytes = queuedBytes;
    this.#takenAtLook = takenBytes;
    this.#looksInVain = 0;
    this.#acknowledgedBytes = Math.max(this.#acknowledgedBytes, acknowledged);
    if (isComplete && queuedBytes === 0) this.#end('acknowledged');
    else this.#judge(nowMs, this.#timeoutMs + (this.#isAlive(nowMs) ? this.#burstBytes / SLOWEST_BYTES_PER_MS : 0));
  }

  /** Whether the client said recently that it has no room: between two probes it may not look so. */
  #isAlive(nowMs: number): boolean {
    return nowMs - this.#fullAtMs < this.#timeoutMs;
  }

  /** Records that the client took something. */
  #move(acknowledgedBytes: number, nowMs: number): void {
    const sinceMs = nowMs - this.#burstAtMs;
    const left = Math.max(0, this.#burstBytes - sinceMs * SLOWEST_BYTES_PER_MS);
    this.#burstBytes = Math.min(MOST_BURST_BYTES, left + acknowledgedBytes);
    this.#burstAtMs = nowMs;
    this.#movedAtMs = nowMs;
  }

  #judge(nowMs: number, mostMs: number): void {
    this.#tell(nowMs);
    if (nowMs - this.#movedAtMs >= mostMs) this.#end('stalled');
  }

  #tell(nowMs: number): void {
    if (this.#isClosed) return;
    this.#shownBytes = Math.max(this.#shownBytes, this.#likelyBytes());
    this.#onProgress({ bytes: this.#shownBytes, stalledSinceMs: this.#stalledSinceMs(nowMs) });
  }

  /**
   * Bytes that the client probably has; perhaps none before a look at some of them. Between looks, which are seconds apart
   * with thousands of connections, a fast client's queue is taken to be as long as at the last one.
   */
  #likelyBytes(): number {
    if (this.#isBlind) return this.#takenBytes;
    if (this.#queuedBytes === undefined || this.#takenAtLook === 0 || this.#isSlow) return this.#acknowledgedBytes;
    return Math.max(this.#acknowledgedBytes, this.#takenBytes - this.#queuedBytes);
  }

  #stalledSinceMs(nowMs: number): number | undefined {
    return nowMs - this.#movedAtMs >= STALL_SHOWN_AFTER_MS ? this.#movedAtMs : undefined;
  }

  /** How long a client may take for what the system has queued for it, at its rate so far, or at the slowest. */
  #mostMsUnseen(): number {
    const { bytes, atMs } = this.#filled ?? { bytes: 0, atMs: 0 };
    const rate = (this.#takenBytes - bytes) / Math.max(1, this.#movedAtMs - atMs);
    return (
      Math.min(this.#takenBytes, MOST_HELD_BYTES) /
      (this.#filled === undefined ? SLOWEST_BYTES_PER_MS : Math.max(rate, SLOWEST_BYTES_PER_MS))
    );
  }
}
