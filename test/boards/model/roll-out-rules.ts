import type { Board } from '../../../src/boards/board.ts';
import { CANARY, type RollOut } from '../../../src/boards/roll-out.ts';
import type { RealBoard, Truth } from './truth.ts';

/** What happened between two looks at a roll-out. */
export interface Happened {
  /** The board that asked. */
  readonly board?: string | undefined;
  /** The step that someone ordered of this image's roll-out. */
  readonly step?: string | undefined;
}

/** Beside the roll-out itself. */
export interface Around {
  readonly truth: Truth;
  /** All boards that are known. */
  readonly boards: readonly Board[];
  readonly isPlanned: boolean;
}

/** What is wrong with how a roll-out went from one look to the next, by docs/assignment.md. */
export function wrongStep(
  was: RollOut | undefined,
  now: RollOut | undefined,
  happened: Happened,
  around: Around,
): string | undefined {
  if (was === now) return undefined;
  if (now === undefined) return around.isPlanned ? 'it was forgotten' : undefined;
  const newest = around.truth.newest.get(now.image);
  if (now.former === now.build) return 'it leads back to itself';
  if (was?.build !== now.build || was.startedAtMs !== now.startedAtMs || happened.step === 'start') {
    if (now.build !== newest) return 'it began with a build that is not the newest';
    return now.members.length > 1 ? 'it began with several boards' : undefined;
  }
  return (
    wrongMembers(was, now, happened, around) ??
    wrongExcuse(was, now, around) ??
    wrongState(was, now, happened, around) ??
    wrongStage(was, now, around)
  );
}

function wrongMembers(was: RollOut, now: RollOut, { board }: Happened, around: Around): string | undefined {
  const isIn = ({ members }: RollOut, id: string) => members.some((member) => member.board === id);
  if (was.members.some((member) => !isIn(now, member.board))) return 'a board lost its place';
  const [added, ...more] = now.members.filter((member) => !isIn(was, member.board));
  if (added === undefined) return undefined;
  if (more.length > 0 || added.board !== board || was.state.kind !== 'running')
    return 'a board got a place it did not ask for';
  const fleet = fleetOf(now, around);
  const canaries = fleet.filter(({ tags }) => tags?.includes(CANARY));
  if (added.stage === 0 && canaries.length > 0)
    return canaries.some(({ id }) => id === board) ? undefined : 'no canary';
  const taken = fleet.filter(({ id }) => isIn(now, id)).length;
  const isForAbsent = added.stage === 0 && now.stages[0]?.kind === 'all';
  const absent = isForAbsent ? absentCanaries(now, around) : 0;
  return taken > (absent > 0 ? absent : placesOf(now, added.stage, fleet.length))
    ? 'more boards got a place than the stage has'
    : undefined;
}

/** Who has it go on knows of the boards that failed, and of no others. */
function wrongExcuse(was: RollOut, now: RollOut, { truth, boards }: Around): string | undefined {
  const excused = boards.filter(({ id }) => isExcused(now, id) && !isExcused(was, id));
  const isKnown = ({ id, address, state }: Board) => {
    if (state.kind === 'overdue' || state.kind === 'silent') return true;
    const real = truth.boards.find((board) => board.address === address);
    const isNamed = was.state.kind === 'halted' && was.state.why.kind !== 'person' && was.state.why.board === id;
    return isNamed || [real?.last, real?.before].some((flash) => flash?.build === now.build && flash.fails);
  };
  return excused.every(isKnown) ? undefined : 'a board that did not fail is not waited for';
}

function wrongState(was: RollOut, now: RollOut, { board: asked, step }: Happened, around: Around): string | undefined {
  if (was.state.kind === now.state.kind) return undefined;
  switch (`${was.state.kind}, ${now.state.kind}`) {
    case 'running, halted': {
      if (step === 'halt' || step === 'back') return undefined;
      if (now.state.kind !== 'halted' || now.state.why.kind === 'person') return 'nobody halted it';
      const { board: id, kind } = now.state.why;
      const address = around.boards.find((board) => board.id === id)?.address;
      const real: RealBoard | undefined = around.truth.boards.find((board) => board.address === address);
      const flash = asked === id ? real?.before : real?.last;
      const hasFailed = flash?.build === now.build && (flash.fails || kind === 'overdue');
      return hasFailed ? undefined : 'it halted for a board that did not fail';
    }
    case 'running, finished': {
      const isOver = (board: Board) => board.reportedBuild === now.build || isExcused(now, board.id);
      return step === 'finish' || fleetOf(now, around).every(isOver) ? undefined : 'it is finished too soon';
    }
    case 'halted, running':
      return step === 'continue' ? undefined : 'it went on by itself';
    case 'halted, finished':
      return step === 'finish' || step === 'continue' ? undefined : 'it was finished by itself';
    default:
      return `it went from ${was.state.kind} to ${now.state.kind}`;
  }
}

function wrongStage(was: RollOut, now: RollOut, around: Around): string | undefined {
  if (now.stage < was.stage) return 'a stage was closed';
  if (now.stage === was.stage || now.waitMs !== undefined) return undefined;
  const fleet = fleetOf(now, around);
  const isAwaited = ({ id, reportedBuild }: Board) =>
    reportedBuild !== now.build && was.members.some((member) => member.board === id) && !isExcused(now, id);
  const isProven =
    fleet.some(({ reportedBuild }) => reportedBuild === now.build) || now.members.some(({ isExcused }) => isExcused);
  return !isProven || fleet.some(isAwaited) ? 'a stage opened before the one before it was over' : undefined;
}

/** How many places the stages up to `stage` have. */
function placesOf({ stages }: RollOut, stage: number, boards: number): number {
  const open = stages[stage];
  if (open?.kind === 'boards') return open.count;
  return open?.kind === 'percent' ? Math.max(1, Math.ceil((boards * open.percent) / 100)) : Number.POSITIVE_INFINITY;
}

function isExcused({ members }: RollOut, id: string): boolean {
  return members.some(({ board, isExcused }) => board === id && isExcused);
}

/** How many canaries take no part now. */
function absentCanaries(rollOut: RollOut, around: Around): number {
  const present = fleetOf(rollOut, around);
  const canaries = around.boards.filter(({ image, tags }) => image === rollOut.image && tags?.includes(CANARY));
  return canaries.filter((board) => !present.includes(board)).length;
}

/** The boards that take part. */
function fleetOf({ image }: RollOut, { boards }: Around): readonly Board[] {
  return boards.filter(
    (board) => board.image === image && !board.isHeld && board.pin === undefined && board.state.kind !== 'silent',
  );
}
