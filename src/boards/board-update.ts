import type { Withheld } from '../server/decision/assigned.ts';
import type { Refusal } from '../server/refusal.ts';
import type { BreakReason } from '../server/transfer.ts';
import type { Board, ToldRefusal } from './board.ts';

/** How far an update is. Times are milliseconds since 1970; builds are build IDs. */
export type UpdateStep =
  /** The board has not asked yet. */
  | { readonly kind: 'awaited' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'downloading' }
  /** It has the image. `dueMs`: when it should ask again, by what others took, if that is known. */
  | { readonly kind: 'flashing'; readonly dueMs?: number }
  /** It should have asked again by now. That ends nothing: it may still come. */
  | { readonly kind: 'overdue'; readonly sinceMs: number };

/** Why an update came to nothing. */
export type StopReason =
  | { readonly kind: 'refused'; readonly status: number; readonly refusal: Refusal | ToldRefusal }
  | { readonly kind: 'broken off'; readonly atByte: number; readonly ofBytes: number; readonly reason: BreakReason }
  /** It got `build`, and reported another one afterwards. */
  | { readonly kind: 'other build'; readonly build: string; readonly reported: string }
  | { readonly kind: 'held' }
  /** It was answered as up to date for another reason. */
  | { readonly kind: 'withheld'; readonly why: Exclude<Withheld, 'held'> }
  /** Nothing is served any more. */
  | { readonly kind: 'not served' }
  /** It did not ask within `withinMs` after it was restarted. */
  | { readonly kind: 'did not ask'; readonly withinMs: number }
  /** It has the image, and was not heard of for a day. */
  | { readonly kind: 'silent' }
  /** The user removed it from the boards. */
  | { readonly kind: 'forgotten' };

/** How an update ended. */
export type UpdateEnd =
  /** The board reported the build it was given. */
  | { readonly kind: 'confirmed'; readonly build: string }
  /** It ran what is served when it asked. */
  | { readonly kind: 'up to date'; readonly build: string }
  /** It came to nothing at `step`. `heardMs`: when the board was last heard of. */
  | { readonly kind: 'stopped'; readonly step: UpdateStep['kind']; readonly heardMs: number; readonly why: StopReason };

/** One board on its way through an update. A value: it does not change. */
export interface BoardUpdate {
  /** The build that is served when it begins. */
  readonly build: string;
  /** What the board did before that is none of this update. */
  readonly fromMs: number;
  /** When the board was restarted, and how soon it is to ask; it may take any time without it. */
  readonly restart?: { readonly atMs: number; readonly withinMs: number };
  /** When the board was last heard of. */
  readonly heardMs: number;
  readonly step: UpdateStep;
  readonly end?: UpdateEnd;
}

/** What an update goes by. */
export type Sighting =
  /** The board, as the registry has it; undefined when it no longer does. */
  | { readonly kind: 'board'; readonly board: Board | undefined }
  | { readonly kind: 'time'; readonly nowMs: number }
  /** The server was stopped. */
  | { readonly kind: 'not served' };

const UNDER_WAY: ReadonlySet<Board['state']['kind']> = new Set(['checking', 'waiting', 'downloading', 'flashing']);

/** Whether a board is already being updated, and needs no restart. */
export function isUnderWay({ state }: Board): boolean {
  return UNDER_WAY.has(state.kind);
}

/** The update of `board` to `build` that begins at `nowMs`; one that is under way is joined. */
export function beginUpdate(board: Board, build: string, nowMs: number): BoardUpdate {
  const { state, lastSeenMs } = board;
  const fromMs = isUnderWay(board) ? Math.min(state.sinceMs, nowMs) : nowMs;
  const begun: BoardUpdate = { build, fromMs, heardMs: lastSeenMs, step: { kind: 'awaited' } };
  return advance(begun, { kind: 'board', board });
}

/** `update` after the board was restarted at `atMs`: it is given up when it has not asked `withinMs` later. */
export function restarted(update: BoardUpdate, atMs: number, withinMs: number): BoardUpdate {
  return { ...update, restart: { atMs, withinMs } };
}

/** `update` after something was seen. One that has ended stays as it is. */
export function advance(update: BoardUpdate, seen: Sighting): BoardUpdate {
  if (update.end !== undefined) return update;
  switch (seen.kind) {
    case 'board':
      return seen.board === undefined ? stopped(update, { kind: 'forgotten' }) : withBoard(update, seen.board);
    case 'not served':
      return stopped(update, { kind: 'not served' });
    case 'time': {
      const { restart, step } = update;
      if (step.kind !== 'awaited' || restart === undefined) return update;
      const { atMs, withinMs } = restart;
      return seen.nowMs >= atMs + withinMs ? stopped(update, { kind: 'did not ask', withinMs }) : update;
    }
  }
}

/**
 * `update` by the board's record, which may have gone through several states since it was last looked at: what it was
 * given, and whether it reported that, stands in its history.
 */
function withBoard(before: BoardUpdate, board: Board): BoardUpdate {
  const { state, history, lastSeenMs, reportedBuild } = board;
  const { fromMs } = before;
  const update = { ...before, heardMs: lastSeenMs };
  const [last] = history;
  const given = last !== undefined && last.givenAtMs >= fromMs ? last : undefined;
  if (given?.confirmedAtMs !== undefined) return ended(update, { kind: 'confirmed', build: given.build });
  if (lastSeenMs < fromMs) return update;
  if (state.kind === 'silent') return stopped(update, { kind: 'silent' });
  switch (state.kind) {
    case 'flashing': {
      const { sinceMs, expectedMs } = state;
      if (sinceMs < fromMs) return update;
      const dueMs = expectedMs === undefined ? {} : { dueMs: sinceMs + expectedMs };
      return { ...update, step: { kind: 'flashing', ...dueMs } };
    }
    case 'overdue':
      return { ...update, step: { kind: 'overdue', sinceMs: state.sinceMs } };
  }
  const isBack = given !== undefined && lastSeenMs > given.givenAtMs && reportedBuild !== undefined;
  if (isBack) return stopped(update, { kind: 'other build', build: given.build, reported: reportedBuild });
  if (state.kind === 'reflashing') {
    return { ...update, step: { kind: given === undefined ? 'downloading' : 'flashing' } };
  }
  if (state.sinceMs < fromMs) return update;
  switch (state.kind) {
    case 'checking':
      return { ...update, step: { kind: 'checking' } };
    case 'waiting':
      return { ...update, step: { kind: 'queued' } };
    case 'downloading':
      return { ...update, step: { kind: 'downloading' } };
    case 'confirmed':
      // of a build that it was given before this update: it is given the next one, unless that is what is served
      if (state.build !== update.build) return { ...update, step: { kind: 'checking' } };
      return ended(update, { kind: 'confirmed', build: state.build });
    case 'up to date':
      return ended(update, { kind: 'up to date', build: state.build });
    case 'held':
      return stopped(update, { kind: 'held' });
    case 'withheld':
      return stopped(update, { kind: 'withheld', why: state.why });
    case 'refused': {
      const { status, refusal } = state;
      return stopped(update, { kind: 'refused', status, refusal });
    }
    case 'broken off': {
      const { atByte, ofBytes, reason } = state;
      return stopped(update, { kind: 'broken off', atByte, ofBytes, reason });
    }
  }
}

function stopped(update: BoardUpdate, why: StopReason): BoardUpdate {
  const { step, heardMs } = update;
  return ended(update, { kind: 'stopped', step: step.kind, heardMs, why });
}

function ended(update: BoardUpdate, end: UpdateEnd): BoardUpdate {
  return { ...update, end };
}
