import { MOST_ROLL_OUTS } from './limits.ts';
import { type Move, moved } from './moments.ts';
import { dropOldest } from './newest-entries.ts';

/** An earlier build that boards get, or got last, in place of the newest one of an image. */
export interface StandIn {
  /** `<box>/<image>`. */
  readonly image: string;
  readonly build: string;
  /** Since when. */
  readonly atMs: number;
  /** What the roll-out under way led back to until then. */
  readonly former?: string;
  /** A board got it. */
  readonly isGiven?: true;
  /** The newest is wanted again. */
  readonly isUndone?: true;
}

/** The earlier builds that boards got last in place of newest ones, one an image, until boards get the newest again. */
export class StandIns {
  readonly #byImage = new Map<string, StandIn>();

  /** All of them, for the file that keeps them. */
  get list(): readonly StandIn[] {
    return [...this.#byImage.values()];
  }

  /** Takes those that were kept. */
  take(kept: readonly StandIn[]): void {
    for (const earlier of kept.slice(-MOST_ROLL_OUTS)) this.#byImage.set(earlier.image, earlier);
  }

  get(image: string): StandIn | undefined {
    return this.#byImage.get(image);
  }

  /** What the roll-out of an image leads back to again when the earlier build turns out to be a mistake: no board got it yet. */
  hidden(image: string): string | undefined {
    const known = this.#byImage.get(image);
    return known?.isGiven ? undefined : known?.former;
  }

  /** Boards get one from now on. Answers whether that is new. */
  serve(next: StandIn): boolean {
    const known = this.#byImage.get(next.image);
    const isKnown = known?.build === next.build && known.isUndone !== true;
    if (isKnown && (known.isGiven || !next.isGiven)) return false;
    this.#byImage.delete(next.image);
    this.#byImage.set(next.image, isKnown ? { ...known, isGiven: true } : next);
    dropOldest(this.#byImage, MOST_ROLL_OUTS);
    return true;
  }

  /** Boards get the newest build again. Where no board got the earlier one, it was a mistake. Answers whether that is new. */
  undo(image: string): boolean {
    const known = this.#byImage.get(image);
    if (known === undefined || known.isGiven || known.isUndone) return false;
    this.#byImage.set(image, { ...known, isUndone: true });
    return true;
  }

  /** The clock was set. */
  move(move: Move): void {
    for (const [image, standIn] of this.#byImage) this.#byImage.set(image, moved(standIn, move));
  }

  forget(image: string): void {
    this.#byImage.delete(image);
  }
}
