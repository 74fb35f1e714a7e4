import { type Move, moved } from './moments.ts';
import type { RollOut } from './roll-out.ts';

/**
 * A build may still be seen for so long after a new one was written over it: the catalog does not look at each small file
 * at each request, which is taken to ask for one and then for the other.
 */
export const STALE_MS = 60_000;

/** A roll-out, and when another build came. */
interface Replaced {
  readonly rollOut: RollOut;
  readonly atMs: number;
}

/** The roll-outs in whose place others came a moment ago. */
export class ReplacedRollOuts {
  /** By image and build. */
  readonly #byImage = new Map<string, ReadonlyMap<string, Replaced>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(rollOut: RollOut): void {
    const { image, build } = rollOut;
    const fresh = [...(this.#byImage.get(image) ?? [])].filter(([, replaced]) => this.#isFresh(replaced));
    this.#byImage.set(image, new Map([...fresh, [build, { rollOut, atMs: this.#now() }]]));
  }

  get(image: string, build: string): RollOut | undefined {
    const replaced = this.#byImage.get(image)?.get(build);
    return replaced !== undefined && this.#isFresh(replaced) ? replaced.rollOut : undefined;
  }

  /** The clock was set. */
  move(move: Move): void {
    for (const [image, builds] of this.#byImage) {
      this.#byImage.set(image, new Map([...builds].map(([build, replaced]) => [build, moved(replaced, move)])));
    }
  }

  forget(image: string): void {
    this.#byImage.delete(image);
  }

  #isFresh({ atMs }: Replaced): boolean {
    return this.#now() - atMs < STALE_MS;
  }
}
