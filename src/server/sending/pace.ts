import { MOST_PIECE_BYTES, PIECES_PER_SECOND, SMALLEST_PIECE_BYTES } from '../limits.ts';
import { Meter } from './meter.ts';
import { Rotation } from './rotation.ts';

/** A clock, in milliseconds from some moment on, that also calls back later; the returned function cancels that. */
export interface Clock {
  readonly now: () => number;
  readonly after: (ms: number, callback: () => void) => () => void;
}

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** A piece that waits for permission to be sent. */
interface Piece {
  readonly bytes: number;
  readonly onLeave: () => void;
}

/**
 * Keeps all transfers together to a rate, in equal shares: each asks for permission before each piece, and those that
 * wait get it client after client. A client that takes less than its share leaves the rest to the others, because it
 * asks again only when the network took its last piece. No timer runs while nobody waits.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #waiting = new Rotation<Piece>();
  #line: { readonly meter: Meter; readonly pieceBytes: number } | undefined;
  #callOff: (() => void) | undefined;

  /** Without limit, until there is one. */
  constructor(clock: Clock = SYSTEM_CLOCK) {
    this.#clock = clock;
  }

  /** Sets the rate in bytes per second; no limit where it is undefined. */
  limit(bytesPerSecond: number | undefined): void {
    this.#line =
      bytesPerSecond === undefined
        ? undefined
        : { meter: new Meter(bytesPerSecond), pieceBytes: pieceBytes(bytesPerSecond) };
    this.#serve();
  }

  /** The most bytes that may be asked for at a time; infinite without a limit. */
  get mostBytes(): number {
    return this.#line?.pieceBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Calls back, perhaps at once, when `bytes` more may be sent to `client`. The returned function withdraws the request. */
  ask(client: string, bytes: number, onLeave: () => void): () => void {
    const piece = { bytes, onLeave };
    this.#waiting.add(client, piece);
    if (this.#callOff === undefined) this.#serve();
    return () => {
      if (this.#waiting.remove(client, piece) && this.#waiting.size === 0) this.#rest();
    };
  }

  #serve(): void {
    this.#rest();
    while (this.#waiting.size > 0) {
      const now = this.#clock.now();
      const waitMs = this.#line?.meter.waitMs(now) ?? 0;
      if (waitMs > 0) {
        this.#rest();
        this.#callOff = this.#clock.after(waitMs, () => this.#serve());
        return;
      }
      const piece = this.#waiting.next();
      this.#line?.meter.put(piece?.bytes ?? 0, now);
      piece?.onLeave();
    }
  }

  #rest(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}

/** What goes in a few milliseconds: timers are no finer, and boards that wait for their share wait for others' pieces. */
function pieceBytes(bytesPerSecond: number): number {
  return Math.min(MOST_PIECE_BYTES, Math.max(SMALLEST_PIECE_BYTES, Math.round(bytesPerSecond / PIECES_PER_SECOND)));
}
