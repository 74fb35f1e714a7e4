import { MOST_WAITING } from '../limits.ts';
import { Rotation } from './rotation.ts';

/** A place among those that wait for their turn. */
export interface WaitingPlace {
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** How many others have their turn before, as things stand: it goes from one client to the next. */
  readonly before: number;
}

/** Why there is no place to wait: too many wait already, or the server stops. */
export type NoPlace = 'full' | 'stopping';

/** How waiting ended: it is one's turn, or one lost the place, to a client that waited for less or to a stop. */
export type WaitEnd = 'turn' | NoPlace;

/** A place, and the way to leave it. */
export interface TakenPlace extends WaitingPlace {
  readonly leave: () => void;
}

interface Waiter {
  readonly onEnd: (end: WaitEnd) => void;
}

/** Lets so many go on at a time. The others wait, client after client; see `Rotation`. */
export class Turns {
  #most = Number.POSITIVE_INFINITY;
  #taken = 0;
  #isStopped = false;
  readonly #waiting = new Rotation<Waiter>();
  /** Where each stands, counted when somebody asks and until something changes. */
  #places: ReadonlyMap<Waiter, number> | undefined;

  /** From now on so many go on at a time; any number, where it is undefined. Who has a turn keeps it. */
  limit(most: number | undefined): void {
    this.#most = most ?? Number.POSITIVE_INFINITY;
    this.#serve();
  }

  /** How many go on at a time; infinite for any number. */
  get most(): number {
    return this.#most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a turn that is free, to be given back by `giveBack`; false where there is none. */
  take(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken++;
    return true;
  }

  /** Gives a turn back, which goes to the next. */
  giveBack(): void {
    this.#taken--;
    this.#serve();
  }

  /**
   * Waits for a turn for `client`, and calls back once when that ends, not before it returned. With 'turn', a turn was
   * taken. Where too many wait, a client that waits for less than others gets a place of theirs.
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

  /** Sends away all that wait. Turns that are free can still be taken, but nobody waits any more. */
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
