import { MOST_PIECE_BYTES, PIECES_PER_SECOND, SMALLEST_PIECE_BYTES } from '../limits.ts';
import { Meter } from './meter.ts';
import { Rotation } from './rotation.ts';

/** What tells the time, in milliseconds from some moment on, and calls back later; the answer calls that off. */
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

/** A piece that waits for leave to be sent. */
interface Piece {
  readonly bytes: number;
  readonly onLeave: () => void;
}

/**
 * Keeps all transfers together to so many bytes a second, in equal shares: each asks for leave before each piece, and
 * those that wait get it client after client. Who takes less than its share leaves the rest to the others, because it
 * asks again only when the network took its last piece. Nothing ticks while nobody waits.
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

  /** From now on so many bytes go out a second; any number, where it is undefined. */
  limit(bytesPerSecond: number | undefined): void {
    this.#line =
      bytesPerSecond === undefined
        ? undefined
        : { meter: new Meter(bytesPerSecond), pieceBytes: pieceBytes(bytesPerSecond) };
    this.#serve();
  }

  /** The most bytes that may be asked for at a time; infinite where nothing needs to be asked. */
  get mostBytes(): number {
    return this.#line?.pieceBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Calls back, perhaps at once, when `bytes` more may be sent to `client`. The answer withdraws that. */
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
