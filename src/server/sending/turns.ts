import { MOST_WAITING } from '../limits.ts';
import { Rotation } from './rotation.ts';

/** A place in the queue. */
export interface WaitingPlace {
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** How many are ahead at the moment: turns rotate among clients. */
  readonly before: number;
}

/** Why there is no place in the queue: it is full, or the server stops. */
export type NoPlace = 'full' | 'stopping';

/** How waiting ended: with a turn, or with the place lost, to a client that waited for less or to a stop. */
export type WaitEnd = 'turn' | NoPlace;

/** A place, and the way to leave it. */
export interface TakenPlace extends WaitingPlace {
  readonly leave: () => void;
}

interface Waiter {
  readonly onEnd: (end: WaitEnd) => void;
}

/** Gives a limited number of turns at a time. The others wait, client after client; see `Rotation`. */
export class Turns {
  #most = Number.POSITIVE_INFINITY;
  #taken = 0;
  #isStopped = false;
  readonly #waiting = new Rotation<Waiter>();
  /** Everyone's place, computed when somebody asks and kept until something changes. */
  #places: ReadonlyMap<Waiter, number> | undefined;

  /** Sets how many turns there are; any number where it is undefined. Whoever has a turn keeps it. */
  limit(most: number | undefined): void {
    this.#most = most ?? Number.POSITIVE_INFINITY;
    this.#serve();
  }

  /** How many turns there are; infinite without a limit. */
  get most(): number {
    return this.#most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a free turn, to be returned by `giveBack`; false where there is none. */
  take(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken++;
    return true;
  }

  /** Returns a turn, which goes to the next in the queue. */
  giveBack(): void {
    this.#taken--;
    this.#serve();
  }

  /**
   * Queues for a turn for `client`, and calls back once when that ends, after this has returned. With 'turn', a turn
   * was taken. If the queue is full, a client with fewer waiting than others gets a place of theirs.
   */
  wait(client: string, onEnd: (end: WaitEnd) => void): TakenPlace | NoPlace {
    if (this.#isStopped) return 'stopping';
    if (this.#waiting.size >= MOST_WAITING) {
      const out = this.#waiting.yieldTo(client);
      if (out === undefined) return 'full';
      out.onEnd('full');
    }
    const waiter = { onEnd };
    this.#waiting.add(client, waiter);
    this.#places = undefined;
    const before = () => this.#before(waiter);
    return {
      sinceMs: Date.now(),
      get before() {
        return before();
      },
      leave: () => {
        if (this.#waiting.remove(client, waiter)) this.#places = undefined;
      },
    };
  }

  /** Empties the queue. Free turns can still be taken, but nobody waits any more. */
  stop(): void {
    this.#isStopped = true;
    this.#places = undefined;
    for (let waiter = this.#waiting.next(); waiter !== undefined; waiter = this.#waiting.next()) {
      waiter.onEnd('stopping');
    }
  }

  #serve(): void {
    while (this.#waiting.size > 0 && this.take()) {
      this.#places = undefined;
      this.#waiting.next()?.onEnd('turn');
    }
  }

  #before(waiter: Waiter): number {
    this.#places ??= new Map(Array.from(this.#waiting, (one, index) => [one, index]));
    return this.#places.get(waiter) ?? 0;
  }
}
