import type { Act, Board } from './board.ts';

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

/** Whether a board gets the build, as far as the roll-out goes. */
export function isLetIn({ state, build, members }: RollOut, { id, reportedBuild }: Board): boolean {
  return state.kind === 'finished' || reportedBuild === build || members.some(({ board }) => board === id);
}

/** The roll-out after `board` asked: it takes part if the open stage has room. `fleet`: all boards that ask for the image. */
export function letIn(rollOut: RollOut, board: Board, fleet: readonly Board[], atMs: number): RollOut {
  const { state, members, stage } = rollOut;
  if (state.kind !== 'running' || isLetIn(rollOut, board)) return rollOut;
  const canaries = canariesOf(fleet);
  const isOpen =
    stage === 0 && canaries.length > 0
      ? canaries.some(({ id }) => id === board.id)
      : members.length < sizeOf(rollOut, fleet);
  if (!isOpen) return rollOut;
  return { ...rollOut, members: [...members, { board: board.id, stage, atMs }] };
}

/** The roll-out after a look at all boards that ask for the image: it halts, goes on to the next stage, or is finished. */
export function observed(rollOut: RollOut, fleet: readonly Board[], nowMs: number): RollOut {
  if (rollOut.state.kind !== 'running') return rollOut;
  const byId = new Map(fleet.map((board) => [board.id, board]));
  for (const { board: id, isExcused } of rollOut.members) {
    const board = byId.get(id);
    const fault = board === undefined || isExcused ? undefined : faultOf(board, rollOut);
    if (fault !== undefined) {
      return { ...rollOut, state: { kind: 'halted', why: { kind: fault, board: id, atMs: nowMs } } };
    }
  }
  if (isLast(rollOut)) {
    const isDone = fleet.length > 0 && fleet.every((board) => runs(board, rollOut));
    return isDone ? { ...rollOut, state: { kind: 'finished', atMs: nowMs } } : rollOut;
  }
  return isStageDone(rollOut, byId, fleet, nowMs) ? { ...rollOut, stage: rollOut.stage + 1 } : rollOut;
}

/** Whether `board` got the build and failed, as far as its record shows. */
export function hasFailed(rollOut: RollOut, board: Board): boolean {
  const member = rollOut.members.find(({ board: id }) => id === board.id);
  return member !== undefined && member.isExcused !== true && faultOf(board, rollOut) !== undefined;
}

/** The roll-out as someone lets it go on, whatever went wrong so far. */
export function continued(rollOut: RollOut): RollOut {
  const members = rollOut.members.map((member) => ({ ...member, isExcused: true as const }));
  return { ...rollOut, members, state: { kind: 'running' } };
}

/** How far it is: boards that run the build, of those that got it or are to get it in the open stage. */
export function progressOf(
  rollOut: RollOut,
  fleet: readonly Board[],
): { readonly confirmed: number; readonly of: number } {
  const confirmed = fleet.filter((board) => runs(board, rollOut)).length;
  return { confirmed, of: Math.max(confirmed, Math.min(fleet.length, sizeOf(rollOut, fleet))) };
}

/** How many boards get the build while the open stage is: those of the stages before included. */
function sizeOf({ stages, stage }: RollOut, fleet: readonly Board[]): number {
  const open = stages[stage];
  const canaries = stage === 0 ? canariesOf(fleet).length : 0;
  if (canaries > 0) return canaries;
  switch (open?.kind) {
    case 'boards':
      return open.count;
    case 'percent':
      return Math.max(1, Math.ceil((fleet.length * open.percent) / 100));
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** Whether there is no stage after the open one, or the open one has all boards. */
function isLast({ stages, stage }: RollOut): boolean {
  return stages[stage]?.kind === 'all' || stage >= stages.length;
}

function isStageDone(rollOut: RollOut, byId: Map<string, Board>, fleet: readonly Board[], nowMs: number): boolean {
  const { members, stage, waitMs } = rollOut;
  const known = members.filter(({ board }) => byId.has(board));
  const isConfirmed = ({ board: id, isExcused }: Member) => {
    const board = byId.get(id);
    return isExcused === true || (board !== undefined && runs(board, rollOut));
  };
  if (known.length >= sizeOf(rollOut, fleet)) {
    if (known.every(isConfirmed)) return true;
  }
  const here = known.filter((member) => member.stage === stage);
  const lastMs = Math.max(...here.map(({ atMs }) => atMs));
  return waitMs !== undefined && here.some(isConfirmed) && nowMs - lastMs >= waitMs;
}

function runs({ reportedBuild }: Board, { build }: RollOut): boolean {
  return reportedBuild === build;
}

function canariesOf(fleet: readonly Board[]): readonly Board[] {
  return fleet.filter(({ tags }) => tags?.includes(CANARY));
}

/** What is wrong with a board that got the build; undefined where nothing is, or it has not got it yet. */
function faultOf(board: Board, rollOut: RollOut): 'overdue' | 'looping' | 'reports another' | undefined {
  const { state, history, lastSeenMs, reportedBuild } = board;
  const given = history.find(({ build, givenAtMs }) => build === rollOut.build && givenAtMs >= rollOut.startedAtMs);
  if (given === undefined || board.pin !== undefined) return undefined;
  if (state.kind === 'reflashing' && state.build === rollOut.build) return 'looping';
  if (state.kind === 'overdue' && state.build === rollOut.build) return 'overdue';
  const isBack = lastSeenMs > given.givenAtMs && reportedBuild !== undefined && reportedBuild !== rollOut.build;
  return isBack ? 'reports another' : undefined;
}
