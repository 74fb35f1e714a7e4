import type { Act, Board } from './board.ts';
import { type FoundImage, isFirst, newestForAll } from './first-build.ts';
import { formerBuild, formerBut, lastBuild } from './former-build.ts';
import { KnownRollOuts } from './known-roll-outs.ts';
import type { Move } from './moments.ts';
import { STALE_MS } from './replaced-roll-outs.ts';
import {
  continued,
  hasFailed,
  isUnderWay,
  joined,
  newRollOut,
  observed,
  progressOf,
  type RollOut,
  type RollOutPlan,
} from './roll-out.ts';
import { fleetOf, RecentFleets } from './roll-out-fleet.ts';
import { type Turn, turnOf } from './roll-out-turn.ts';
import { type StandIn, StandIns } from './stand-ins.ts';

/** What roll-outs depend on. */
export interface RollOutsParts {
  /** How new builds go out; all boards get them at once without it. */
  readonly plan: () => RollOutPlan | undefined;
  /** All boards, as they are now. */
  readonly boards: () => readonly Board[];
  readonly now: () => number;
  /** Called when anything of one changed, which is to be kept. */
  readonly onChange: () => void;
  /** Called when one began, opened a stage, halted or is finished; `isOrdered`: because someone wanted it. */
  readonly onStep: (rollOut: RollOut, isOrdered: boolean) => void;
}

/** The roll-outs of all images, each of its newest build. */
export class RollOuts {
  readonly #parts: RollOutsParts;
  readonly #known: KnownRollOuts;
  readonly #standIns = new StandIns();
  readonly #fleets: RecentFleets;

  constructor(parts: RollOutsParts) {
    this.#parts = parts;
    this.#known = new KnownRollOuts(parts.now);
    this.#fleets = new RecentFleets(parts.boards, parts.now);
  }

  /** How new builds go out; all boards get them at once without it. */
  get plan(): RollOutPlan | undefined {
    return this.#parts.plan();
  }

  /** All of them, for the file that keeps them. */
  get list(): readonly RollOut[] {
    return this.#known.list;
  }

  /** The earlier builds that boards got last in place of newest ones, for the file that keeps them. */
  get standIns(): readonly StandIn[] {
    return this.#standIns.list;
  }

  /** Takes those that were kept. */
  take(rollOuts: readonly RollOut[], earlier: readonly StandIn[]): void {
    this.#known.take(rollOuts);
    this.#standIns.take(earlier);
  }

  /**
   * Takes the builds that are there when the server starts, or the plan comes into force, as ones that boards have: whatever
   * comes after them is new, even if no board asks until then. Not where boards are known to run another build.
   */
  takeAsFirst(images: readonly FoundImage[]): void {
    const plan = this.#parts.plan();
    if (plan === undefined) return;
    const boards = this.#parts.boards();
    for (const { id, state, inPlaceOf } of images) {
      if (state.kind !== 'ready' || inPlaceOf !== undefined || this.#standIns.get(id) !== undefined) continue;
      if (!isFirst(id, state.buildId, this.#known.get(id), boards)) continue;
      // none that is under way makes place
      if (!this.#known.hasRoomFor(id)) continue;
      this.#known.note(newestForAll(id, state.buildId, plan, this.#parts.now()));
      this.#parts.onChange();
    }
  }

  /** The roll-out of a build, if that is rolled out. */
  get(image: string, build: string): RollOut | undefined {
    const rollOut = this.#known.get(image);
    return rollOut?.build === build && this.#isInForce(rollOut) ? rollOut : undefined;
  }

  /**
   * What decides who gets a build: its roll-out. Where another one took its place a moment ago, as it was: whoever it had not
   * let in does not get the build now, whether it is still seen or was published again.
   */
  deciding(image: string, build: string): RollOut | undefined {
    const known = this.get(image, build);
    if (known !== undefined) return known;
    const rollOut = this.#known.replaced(image, build);
    return rollOut !== undefined && this.#isInForce(rollOut) ? rollOut : undefined;
  }

  /**
   * Has `board`, which asks for `image`, take part in the roll-out of its newest `build`, if it is its turn. Answers whether
   * a roll-out changed.
   */
  asked(board: Board, image: string, build: string): boolean {
    this.#parts.now(); // where the clock was set, what is known moves now
    this.#forgetStandIn(board, image, build);
    const known = this.#known.get(image);
    const turn = this.#turnOf(board, image, build);
    if (turn.kind === 'none') this.#outdate(known, build);
    if (turn.kind !== 'rolled out' || turn.rollOut === known) return false;
    if (turn.isNew) this.#standIns.forget(image);
    const { rollOut } = turn;
    // a board that is new counts from now on, and not only from the next look
    const isAdded = rollOut.members.length > (known?.build === build ? known.members.length : 0);
    if (isAdded && this.#fleets.of(rollOut).boards.every(({ id }) => id !== board.id)) this.#fleets.forget(image);
    this.#set(rollOut);
    return true;
  }

  /** What would decide whether `board` gets a build if it asked for it now. Changes nothing. */
  ifAsked(board: Board, image: string, build: string): RollOut | undefined {
    const turn = this.#turnOf(board, image, build);
    const rollOut = turn.kind === 'rolled out' ? turn.rollOut : this.deciding(image, build);
    return rollOut !== undefined && this.#isInForce(rollOut) ? rollOut : undefined;
  }

  /**
   * A board asked, and may have shown that it runs a build, or not. One that failed halts its roll-out at once: when it has
   * downloaded the build again, which a small one does in no time, nothing shows that any more.
   */
  heard(board: Board): void {
    const rollOut = board.image === undefined ? undefined : this.#known.get(board.image);
    if (!rollOut?.members.some((member) => member.board === board.id)) return;
    this.#fleets.forget(rollOut.image);
    if (hasFailed(rollOut, board)) this.#observe(rollOut.image);
  }

  /** The clock was set. */
  move(move: Move): void {
    this.#known.move(move);
    this.#standIns.move(move);
    this.#fleets.clear();
  }

  /** Someone held, released, pinned, tagged or forgot a board: it leaves a fleet, or comes back, before the next one asks. */
  changedBoard(): void {
    this.#fleets.clear();
  }

  /** The record of a board turned out to be another one's, and is gone: the board keeps its place in roll-outs. */
  joined(gone: string, kept: string): void {
    for (const rollOut of this.list) {
      const next = joined(rollOut, gone, kept);
      if (next !== rollOut) this.#set(next);
    }
  }

  /** Looks at all boards: time may have passed, or one came back. */
  observe(): void {
    for (const { image } of this.list) this.#observe(image);
  }

  /** Begins the roll-out of a build; `former`: the build before, to go back to, where nothing is known of that here. */
  start(image: string, build: string, former: string | undefined, plan: RollOutPlan): void {
    this.#set(newRollOut(image, build, this.#formerOf(image, build, former), plan, this.#parts.now()), true);
  }

  /** Boards get an earlier build of an image in place of the newest: roll-outs lead back to that. `isGiven`: one got it. */
  servesInstead(image: string, build: string, isGiven = false): void {
    const atMs = this.#parts.now();
    const rollOut = this.#known.get(image);
    const known = rollOut?.state.kind === 'finished' || rollOut?.build === build ? undefined : rollOut;
    const isNew = this.#standIns.serve({ image, build, atMs, ...formerBut(known, build), ...(isGiven && { isGiven }) });
    if (isNew) this.#parts.onChange();
    if (known !== undefined && build !== known.former) this.#set({ ...known, former: build });
  }

  /** Boards get the newest build of an image again. */
  servesNewest(image: string): void {
    if (this.#standIns.undo(image)) this.#parts.onChange();
  }

  /** Whether a roll-out that is under way leads back to that build, or will again once an earlier build is taken back. */
  leadTo(image: string, build: string): boolean {
    const rollOut = this.#known.get(image);
    if (rollOut === undefined || !isUnderWay(rollOut) || !this.#isInForce(rollOut)) return false;
    return rollOut.former === build || this.#standIns.hidden(image) === build;
  }

  /** How far one is. */
  progressOf(rollOut: RollOut): ReturnType<typeof progressOf> {
    const { boards, absentCanaries } = fleetOf(rollOut, this.#parts.boards());
    return progressOf(rollOut, boards, absentCanaries);
  }

  /** Lets the roll-out of a build go on, whatever failed so far. As below, false where that is not under way any more. */
  continue(image: string, build: string): boolean {
    return this.#change(image, build, (rollOut) => continued(rollOut, this.#parts.boards()));
  }

  /** Every board gets the build from now on. */
  finish(image: string, build: string): boolean {
    return this.#change(image, build, (rollOut, atMs) => ({ ...rollOut, state: { kind: 'finished', atMs } }));
  }

  /** Boards that have not got the build keep what they run. */
  halt(image: string, build: string, act: Act): boolean {
    const state = { kind: 'halted', why: { kind: 'person', ...act } } as const;
    return this.#change(image, build, (rollOut) => ({ ...rollOut, state }));
  }

  /** What a request of `board` for the newest `build` makes of what is rolled out. */
  #turnOf(board: Board, image: string, build: string): Turn {
    const { now, plan, boards } = this.#parts;
    const known = this.#known.get(image);
    return turnOf(board, image, build, {
      known,
      plan: plan(),
      former: () => this.#formerOf(image, build, lastBuild(image, build, known, boards)),
      isStale: (rollOut) => this.#isStale(rollOut, build),
      fleet: (rollOut) => this.#fleets.with(board, rollOut),
      nowMs: now(),
    });
  }

  /**
   * Forgets the earlier build once a board has got the newest since, and runs it: all get that again. One that is still
   * to be rolled out is not meant: a board may have been served that once. One that no board got is forgotten as soon as
   * the build is asked for that it was to stand in for.
   */
  #forgetStandIn({ reportedBuild, history }: Board, image: string, build: string): void {
    const earlier = this.#standIns.get(image);
    if (earlier === undefined) return;
    const known = this.#known.get(image);
    const isMistake = earlier.isUndone === true && known?.build === build;
    const isToBeRolledOut = known?.build !== build && this.#parts.plan() !== undefined;
    const isGiven = history.some((given) => given.build === build && given.givenAtMs > earlier.atMs);
    if (!isMistake && (reportedBuild !== build || isToBeRolledOut || !isGiven)) return;
    this.#standIns.forget(image);
    this.#parts.onChange();
    if (!isMistake || earlier.former === undefined || known.state.kind === 'finished') return;
    const { former: _, ...others } = known;
    this.#set({ ...others, ...formerBut(earlier, build) });
  }

  /** The build that boards got before `build`; `otherwise`: where neither an earlier build nor a roll-out tells. */
  #formerOf(image: string, build: string, otherwise: string | undefined): string | undefined {
    const known = this.#known.get(image);
    const isInForce = known !== undefined && this.#isInForce(known);
    return formerBuild(build, { known, isInForce, standIn: this.#standIns.get(image)?.build, otherwise });
  }

  /** Forgets a roll-out when all boards get another build at once: it no longer tells what they run. */
  #outdate(known: RollOut | undefined, build: string): void {
    if (known === undefined || known.build === build || this.#isStale(known, build)) return;
    this.#known.delete(known.image);
    this.#parts.onChange();
  }

  /** Whether `build` may have been there before the one that is rolled out, and be seen on. */
  #isStale({ image, former, startedAtMs }: RollOut, build: string): boolean {
    if (build === former && this.#parts.now() - startedAtMs < STALE_MS) return true;
    return this.#known.replaced(image, build) !== undefined;
  }

  #observe(image: string): void {
    const nowMs = this.#parts.now();
    const rollOut = this.#known.get(image);
    if (rollOut?.state.kind !== 'running' || !this.#isInForce(rollOut)) return;
    const { boards, silent, absentCanaries } = this.#fleets.of(rollOut);
    const next = observed(rollOut, boards, nowMs, silent, absentCanaries);
    if (next !== rollOut) this.#set(next);
  }

  #isInForce({ isByHand }: RollOut): boolean {
    return isByHand === true || this.#parts.plan() !== undefined;
  }

  #change(image: string, build: string, change: (rollOut: RollOut, nowMs: number) => RollOut): boolean {
    const nowMs = this.#parts.now();
    const rollOut = this.#known.get(image);
    if (rollOut?.build !== build || rollOut.state.kind === 'finished') return false;
    this.#fleets.forget(image); // who lets it go on may just have put the board on hold that failed
    this.#set(change(rollOut, nowMs), true);
    return true;
  }

  #set(rollOut: RollOut, isOrdered = false): void {
    const isStep = this.#known.set(rollOut);
    this.#parts.onChange();
    if (isStep) this.#parts.onStep(rollOut, isOrdered);
  }
}
