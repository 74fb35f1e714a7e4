import type { Act, Board } from './board.ts';
import { GONE_AFTER_MS } from './limits.ts';

/** How many boards get a build before the next stage opens; of all that ask for the image. */
export type Stage =
  | { readonly kind: 'boards'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'all' };

/** In what stages a build goes out. */
export interface RollOutPlan {
  readonly stages: readonly Stage[];
  /** The next stage opens after this time, too, once one board of the stage is confirmed; never without it. */
  readonly waitMs?: number;
  /** Someone began it, and no setting: of the next build nothing follows, once this one is finished. */
  readonly isByHand?: true;
}

/** Why a roll-out stopped: what one board did, or someone wanted it. */
export type Halt =
  | { readonly kind: 'overdue' | 'looping' | 'reports another'; readonly board: string; readonly atMs: number }
  | ({ readonly kind: 'person' } & Act);

/** The state of a roll-out. */
export type RollOutState =
  | { readonly kind: 'running' }
  | { readonly kind: 'halted'; readonly why: Halt }
  /** Every board gets the build. */
  | { readonly kind: 'finished'; readonly atMs: number };

/** A board that gets the build, and since which stage. */
export interface Member {
  /** Its ID. */
  readonly board: string;
  readonly stage: number;
  readonly atMs: number;
  /** Someone let the roll-out go on though this board failed. */
  readonly isExcused?: true;
}

/** One build of one image on its way to all boards. A value: it does not change. */
export interface RollOut extends RollOutPlan {
  /** `<box>/<image>`. */
  readonly image: string;
  readonly build: string;
  /** The build before, to go back to. */
  readonly former?: string;
  readonly startedAtMs: number;
  /** The stage that is open, from 0. */
  readonly stage: number;
  /** In the order in which they came. */
  readonly members: readonly Member[];
  readonly state: RollOutState;
}

/** The tag of boards that get a build first. */
export const CANARY = 'canary';

/** A roll-out that begins now; `former`: the build that boards got before. */
export function newRollOut(
  image: string,
  build: string,
  former: string | undefined,
  plan: RollOutPlan,
  atMs: number,
): RollOut {
  const start = { image, build, startedAtMs: atMs, stage: 0, members: [], state: { kind: 'running' } } as const;
  return { ...plan, ...start, ...(former === undefined ? {} : { former }) };
}

/** The plan that a roll-out follows. */
export function planOf({ stages, waitMs, isByHand }: RollOut): RollOutPlan {
  return { stages, ...(waitMs !== undefined && { waitMs }), ...(isByHand && { isByHand }) };
}

/** Whether it is not finished: it goes on, or is halted. */
export function isUnderWay({ state }: RollOut): boolean {
  return state.kind !== 'finished';
}

/** Whether it went out to anyone, or someone wanted it to; else it notes what boards had when roll-outs were first wanted. */
export function isOfNewBuild(rollOut: RollOut): boolean {
  return isUnderWay(rollOut) || rollOut.members.length > 0 || rollOut.isByHand === true;
}

/** Whether a board gets the build, as far as the roll-out goes. */
export function isLetIn({ state, build, members }: RollOut, { id, reportedBuild }: Board): boolean {
  return state.kind === 'finished' || reportedBuild === build || members.some(({ board }) => board === id);
}

/** Whether a board gets builds first. */
export function isCanary({ tags }: Board): boolean {
  return tags?.includes(CANARY) === true;
}

/** The roll-out after `board` asked: it takes part if the open stage has room. `fleet`: all boards that ask for the image. */
export function letIn(
  rollOut: RollOut,
  board: Board,
  fleet: readonly Board[],
  atMs: number,
  absentCanaries = 0,
): RollOut {
  const { state, members, stage } = rollOut;
  if (state.kind !== 'running' || isLetIn(rollOut, board)) return rollOut;
  const canaries = canariesIn(rollOut, fleet);
  const isOpen =
    canaries === undefined
      ? placesIn(fleet, membersById(rollOut)).length < sizeOf(rollOut, fleet, absentCanaries)
      : canaries.some(({ id }) => id === board.id);
  if (!isOpen) return rollOut;
  return { ...rollOut, members: [...members, { board: board.id, stage, atMs }] };
}

/**
 * The roll-out after a look at all boards that ask for the image: it halts, goes on to the next stage, or is finished.
 * `silent`: those that asked for it, but not for long. They take no part, but one that got the build and went silent has
 * failed, and a stage that has room is left open for those that may come back. `absentCanaries`: how many of them take no
 * part; others have their places.
 */
export function observed(
  rollOut: RollOut,
  fleet: readonly Board[],
  nowMs: number,
  silent: readonly Board[] = [],
  absentCanaries = 0,
): RollOut {
  if (rollOut.state.kind !== 'running') return rollOut;
  const members = membersById(rollOut);
  for (const board of [...fleet, ...silent]) {
    const member = members.get(board.id);
    const fault = member === undefined || member.isExcused ? undefined : faultOf(board, rollOut);
    if (fault !== undefined) {
      return { ...rollOut, state: { kind: 'halted', why: { kind: fault, board: board.id, atMs: nowMs } } };
    }
  }
  const running = fleet.filter((board) => runs(board, rollOut));
  const isEverywhere = running.length > 0 && fleet.every((board) => runs(board, rollOut) || isGivenUp(rollOut, board));
  if (isLast(rollOut, fleet, absentCanaries))
    return isEverywhere ? { ...rollOut, state: { kind: 'finished', atMs: nowMs } } : rollOut;
  // boards that were off for the weekend would all get a build on Monday that was to be tried on a few first
  const mayComeBack = (board: Board) =>
    !runs(board, rollOut) && !members.get(board.id)?.isExcused && nowMs - board.lastSeenMs < GONE_AFTER_MS;
  // the boards that happened to run it prove nothing, until it is clear that there are no others
  const isProven = running.some(({ id }) => members.has(id)) || nowMs - rollOut.startedAtMs >= GONE_AFTER_MS;
  const isNobodyLeft = isEverywhere && isProven && !silent.some(mayComeBack);
  return isNobodyLeft || isStageDone(rollOut, { fleet, members, absentCanaries }, nowMs)
    ? { ...rollOut, stage: rollOut.stage + 1 }
    : rollOut;
}

/** Whether `board` got the build and failed, as far as its record shows. */
export function hasFailed(rollOut: RollOut, board: Board): boolean {
  const member = rollOut.members.find(({ board: id }) => id === board.id);
  return member !== undefined && member.isExcused !== true && faultOf(board, rollOut) !== undefined;
}

/**
 * The roll-out as someone lets it go on: what failed so far is known to them, what is still on its way is not. `boards`: all
 * there are.
 */
export function continued(rollOut: RollOut, boards: readonly Board[]): RollOut {
  const { state } = rollOut;
  const failed = new Set(boards.filter((board) => faultOf(board, rollOut) !== undefined).map(({ id }) => id));
  // it may have taken the build again since, and nothing shows any more that it failed
  if (state.kind === 'halted' && state.why.kind !== 'person') failed.add(state.why.board);
  const members = rollOut.members.map((member) =>
    failed.has(member.board) ? { ...member, isExcused: true as const } : member,
  );
  return { ...rollOut, members, state: { kind: 'running' } };
}

/** The roll-out after the record `gone` of a board became part of another one, `kept`: the board keeps its place. */
export function joined(rollOut: RollOut, gone: string, kept: string): RollOut {
  const member = rollOut.members.find(({ board }) => board === gone);
  if (member === undefined) return rollOut;
  const others = rollOut.members.filter(({ board }) => board !== gone);
  const isMember = others.some(({ board }) => board === kept);
  return { ...rollOut, members: isMember ? others : [...others, { ...member, board: kept }] };
}

/** How far it is: boards that run the build, of those that got it or are to get it in the open stage. */
export function progressOf(
  rollOut: RollOut,
  fleet: readonly Board[],
  absentCanaries = 0,
): { readonly confirmed: number; readonly of: number } {
  const confirmed = fleet.filter((board) => runs(board, rollOut)).length;
  return { confirmed, of: Math.max(confirmed, Math.min(fleet.length, sizeOf(rollOut, fleet, absentCanaries))) };
}

/** How many boards get the build while the open stage is: those of the stages before included. */
function sizeOf(rollOut: RollOut, fleet: readonly Board[], absentCanaries: number): number {
  const canaries = canariesIn(rollOut, fleet);
  if (canaries !== undefined) return canaries.length;
  if (isForAbsent(rollOut, absentCanaries)) return absentCanaries;
  const open = rollOut.stages[rollOut.stage];
  switch (open?.kind) {
    case 'boards':
      return open.count;
    case 'percent':
      return Math.max(1, Math.ceil((fleet.length * open.percent) / 100));
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** Whether there is no stage after the open one, or the open one has all boards, and not canaries only. */
function isLast(rollOut: RollOut, fleet: readonly Board[], absentCanaries: number): boolean {
  const { stages, stage } = rollOut;
  if (stage >= stages.length) return true;
  const isForCanaries = canariesIn(rollOut, fleet) !== undefined || isForAbsent(rollOut, absentCanaries);
  return stages[stage]?.kind === 'all' && !isForCanaries;
}

/** Whether the open stage is the first one, and for all: others stand in for canaries, and not all of them. */
function isForAbsent({ stage, stages }: RollOut, absentCanaries: number): boolean {
  return stage === 0 && stages[0]?.kind === 'all' && absentCanaries > 0;
}

/**
 * Those of `fleet` that were let in. A board that has left the fleet has no place any more: the next one takes it. One
 * that runs the build anyway has none either: a build that is rolled out again has to prove itself again.
 */
function placesIn(fleet: readonly Board[], members: Members): readonly Member[] {
  return fleet.flatMap(({ id }) => members.get(id) ?? []);
}

/** The same of the canaries, all of which have a place: those that run the build anyway have had it from the start. */
function canaryPlaces(canaries: readonly Board[], members: Members, rollOut: RollOut): readonly Member[] {
  return canaries.flatMap((board) => {
    const anyway = runs(board, rollOut) ? { board: board.id, stage: 0, atMs: rollOut.startedAtMs } : [];
    return members.get(board.id) ?? anyway;
  });
}

function isStageDone(rollOut: RollOut, { fleet, members, absentCanaries }: Stand, nowMs: number): boolean {
  const { stage, waitMs } = rollOut;
  const canaries = canariesIn(rollOut, fleet);
  const given = placesIn(fleet, members);
  const filled = canaries === undefined ? given : canaryPlaces(canaries, members, rollOut);
  // one that was let in before another one became a canary is waited for, too
  const places = [...filled, ...given];
  const running = new Set(fleet.filter((board) => runs(board, rollOut)).map(({ id }) => id));
  const isConfirmed = ({ board }: Member) => running.has(board);
  const isFull = filled.length >= sizeOf(rollOut, fleet, absentCanaries);
  // one that is excused is not waited for, but proves nothing
  const isOver = (place: Member) => place.isExcused === true || isConfirmed(place);
  if (isFull && places.every(isOver)) return true;
  if (waitMs === undefined) return false;
  const own = places.filter((place) => place.stage === stage);
  const waitedFor = own.length === 0 && isFull ? places : own; // boards of earlier stages may fill it
  const lastMs = Math.max(...waitedFor.map(({ atMs }) => atMs));
  return waitedFor.some(isConfirmed) && nowMs - lastMs >= waitMs;
}

/** Whether `board` got the build and failed, and someone let the roll-out go on. */
function isGivenUp(rollOut: RollOut, board: Board): boolean {
  const isExcused = rollOut.members.some(({ board: id, isExcused }) => id === board.id && isExcused);
  return isExcused && faultOf(board, rollOut) !== undefined;
}

type Members = ReadonlyMap<string, Member>;

/** What a stage is judged by. */
interface Stand {
  readonly fleet: readonly Board[];
  readonly members: Members;
  readonly absentCanaries: number;
}

function membersById({ members }: RollOut): Members {
  return new Map(members.map((member) => [member.board, member]));
}

function runs({ reportedBuild }: Board, { build }: RollOut): boolean {
  return reportedBuild === build;
}

/** The boards that the open stage is for, if that is the first one and there are canaries. */
function canariesIn({ stage }: RollOut, fleet: readonly Board[]): readonly Board[] | undefined {
  if (stage !== 0) return undefined;
  const canaries = fleet.filter(isCanary);
  return canaries.length === 0 ? undefined : canaries;
}

/** What is wrong with a board that got the build; undefined where nothing is, or it has not got it yet. */
function faultOf(board: Board, rollOut: RollOut): 'overdue' | 'looping' | 'reports another' | undefined {
  const { state, history, lastSeenMs, reportedBuild } = board;
  const given = history.find(({ build, givenAtMs }) => build === rollOut.build && givenAtMs >= rollOut.startedAtMs);
  if (given === undefined || board.pin !== undefined) return undefined;
  if (state.kind === 'reflashing' && state.build === rollOut.build) return 'looping';
  if (state.kind === 'overdue' && state.build === rollOut.build) return 'overdue';
  if (state.kind === 'silent' && lastSeenMs <= given.givenAtMs) return 'overdue';
  // one that was given another build since had this one before, or was pinned: what it reports now is no fault of it
  const isBack = lastSeenMs > given.givenAtMs && reportedBuild !== undefined && reportedBuild !== rollOut.build;
  return isBack && history[0] === given ? 'reports another' : undefined;
}
