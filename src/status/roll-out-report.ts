import type { Board } from '../boards/board.ts';
import { type Halt, isOfNewBuild, type RollOut, type RollOutState } from '../boards/roll-out.ts';
import { rollOutText } from '../boards/roll-out-text.ts';
import type { RollOuts } from '../boards/roll-outs.ts';

/** The roll-out of an image's build. `stage` counts from 1, to `stages`; `of`: the boards that run it or may get it so far. */
export interface RollOutReport {
  readonly image: string;
  readonly build: string;
  /** The build before, to go back to. */
  readonly former?: string;
  readonly startedAtMs: number;
  readonly state: RollOutState['kind'];
  readonly stage: number;
  readonly stages: number;
  readonly confirmed: number;
  readonly of: number;
  /** Where it stands, or why it is halted, as a line of English. */
  readonly text: string;
  /** Why it is halted. `board`: the name or address of the board that it halted for. */
  readonly halted?: { readonly kind: Halt['kind']; readonly board?: string; readonly atMs: number };
}

/** The roll-outs that are under way or halted, and those that are finished, but for what was there when an image was first seen. */
export function reportRollOuts(
  rollOuts: Pick<RollOuts, 'list' | 'get' | 'progressOf'>,
  boards: readonly Board[],
): readonly RollOutReport[] {
  return rollOuts.list
    .filter(({ image, build }) => rollOuts.get(image, build) !== undefined)
    .filter(isOfNewBuild)
    .map((rollOut) => ({ ...report(rollOut, boards), ...rollOuts.progressOf(rollOut) }))
    .map((reported) => ({ ...reported, text: `${reported.confirmed} of ${reported.of} confirmed, ${reported.text}` }));
}

function report(rollOut: RollOut, boards: readonly Board[]): Omit<RollOutReport, 'confirmed' | 'of'> {
  const { image, build, former, startedAtMs, state, stage, stages } = rollOut;
  const halted = state.kind === 'halted' ? reportHalt(state.why, boards) : undefined;
  const text = rollOutText(rollOut);
  return {
    image,
    build,
    ...(former !== undefined && { former }),
    startedAtMs,
    state: state.kind,
    stage: Math.min(stage + 1, stages.length),
    stages: stages.length,
    text: halted?.board === undefined ? text : `${text}: ${halted.board}`,
    ...(halted !== undefined && { halted }),
  };
}

function reportHalt(why: Halt, boards: readonly Board[]): NonNullable<RollOutReport['halted']> {
  const { kind, atMs } = why;
  if (why.kind === 'person') return { kind, atMs };
  const board = boards.find(({ id }) => id === why.board);
  return { kind, atMs, ...(board !== undefined && { board: board.name ?? board.address }) };
}
