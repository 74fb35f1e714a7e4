import { MOST_ROLL_OUTS } from './limits.ts';
import { type Move, moved } from './moments.ts';
import { dropOldest } from './newest-entries.ts';
import { ReplacedRollOuts } from './replaced-roll-outs.ts';
import { isUnderWay, type RollOut } from './roll-out.ts';

/** The roll-outs that are remembered: one an image, and for a moment those in whose place others came. */
export class KnownRollOuts {
  readonly #byImage = new Map<string, RollOut>();
  readonly #replaced: ReplacedRollOuts;

  constructor(now: () => number) {
    this.#replaced = new ReplacedRollOuts(now);
  }

  get list(): readonly RollOut[] {
    return [...this.#byImage.values()];
  }

  get(image: string): RollOut | undefined {
    return this.#byImage.get(image);
  }

  /** Whether one more can be remembered, and none is forgotten for it. */
  hasRoomFor(image: string): boolean {
    return this.#byImage.has(image) || this.#byImage.size < MOST_ROLL_OUTS;
  }

  /** The roll-out of a build in whose place another one came a moment ago. */
  replaced(image: string, build: string): RollOut | undefined {
    return this.#replaced.get(image, build);
  }

  /** Takes those that were kept. */
  take(rollOuts: readonly RollOut[]): void {
    for (const rollOut of rollOuts.slice(-MOST_ROLL_OUTS)) this.#byImage.set(rollOut.image, rollOut);
  }

  /** Takes `rollOut` in the place of what is known of its image. Answers whether it is another one, or made a step. */
  set(rollOut: RollOut): boolean {
    const { image, build, stage, state } = rollOut;
    const before = this.#byImage.get(image);
    if (before !== undefined && before.build !== build) this.#replaced.add(before);
    this.#byImage.delete(image);
    this.#byImage.set(image, rollOut);
    for (const oldest of dropOldest(this.#byImage, MOST_ROLL_OUTS, isUnderWay)) this.#replaced.forget(oldest);
    return before?.build !== build || before.stage !== stage || before.state.kind !== state.kind;
  }

  /** Takes one in that is not new: nothing was in its place that is still to be told apart. */
  note(rollOut: RollOut): void {
    this.#byImage.set(rollOut.image, rollOut);
  }

  /** The clock was set. */
  move(move: Move): void {
    for (const [image, rollOut] of this.#byImage) this.#byImage.set(image, moved(rollOut, move));
    this.#replaced.move(move);
  }

  delete(image: string): void {
    this.#byImage.delete(image);
  }
}
