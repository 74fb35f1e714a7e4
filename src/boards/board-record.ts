import type { Asked } from '../server/decision/asked.ts';
import type { Withheld } from '../server/decision/assigned.ts';
import type { Transfer } from '../server/transfer.ts';
import type { Board, BoardState, GivenBuild, Reflashing, Wish } from './board.ts';
import { LOOP_TIMES, MOST_HISTORY, MOST_TEXT } from './limits.ts';
import { pendingOnce } from './pending-once.ts';
import type { Kind } from './places.ts';

/** A new board, from the first thing that it asked. */
export function newBoard(id: string, address: string, asked: Asked, atMs: number): Board {
  return {
    id,
    address,
    wish: wishOf(asked),
    state: { kind: 'checking', sinceMs: atMs },
    firstSeenMs: atMs,
    lastSeenMs: atMs,
    isHeld: false,
    history: [],
  };
}

/** What a request asks for, as far as that is stored. */
export function wishOf({ box, board, branch, version, image }: Asked): Wish {
  const parts = Object.entries({ box, board, branch, version, image });
  return Object.fromEntries(parts.flatMap(([part, text]) => (text === undefined ? [] : [[part, cut(text)]])));
}

/** What a board that asks is found by: what is stored of its wish. */
export function kindOf(asked: Asked): Kind {
  const { box = '', board = '', image = '' } = asked;
  return Math.max(box.length, board.length, image.length) <= MOST_TEXT ? asked : wishOf(asked);
}

/**
 * `board` after it asked: `confirmed` if it reports the build it was given last, `reflashing` if it was given that more
 * than once in a row and still reports another, else `checking`. A record that several boards share is never reflashing:
 * one may report what another one runs.
 */
export function asking(board: Board, asked: Asked, atMs: number): Board {
  const { reportedBuild: _, once: __, ...rest } = board;
  const once = pendingOnce(board);
  const reported = asked.buildId === undefined ? undefined : cut(asked.buildId);
  const known: Board = {
    ...rest,
    ...(once === undefined ? {} : { once }),
    ...(reported === undefined ? {} : { reportedBuild: reported }),
    wish: wishOf(asked),
    lastSeenMs: atMs,
    state: { kind: 'checking', sinceMs: atMs },
  };
  const [last, ...earlier] = board.history;
  if (reported === undefined || last === undefined || last.confirmedAtMs !== undefined) return known;
  const { build, times } = last;
  if (reported === build) {
    const history = [{ ...last, confirmedAtMs: atMs }, ...earlier];
    return { ...known, history, state: { kind: 'confirmed', sinceMs: atMs, build } };
  }
  if (times < LOOP_TIMES || board.isShared) return known;
  const sinceMs = board.state.kind === 'reflashing' ? board.state.sinceMs : atMs;
  return { ...known, state: { kind: 'reflashing', sinceMs, build, times, reported } };
}

/** Whether `transfer`, which is being answered, sends an image or a part of one. */
export function bringsImage({ status, servedBuildId, asked }: Transfer): boolean {
  return (status === 200 || status === 206) && servedBuildId !== undefined && servedBuildId !== asked.buildId;
}

/** Whether `transfer` is to send an image, and is queued. */
export function waitsForTurn({ state }: Transfer): boolean {
  return state.kind === 'running' && state.place !== undefined;
}

/** `board` when its newest request is queued. One that is reflashing stays so. */
export function waiting(board: Board, transfer: Transfer, atMs: number): Board {
  return underWay(board, transfer, 'waiting', atMs);
}

/** `board` when the answer to its newest request begins. One that is reflashing stays so while it gets that build again. */
export function answering(board: Board, transfer: Transfer, atMs: number): Board {
  return bringsImage(transfer) ? underWay(board, transfer, 'downloading', atMs) : withImage(board, transfer);
}

function underWay(board: Board, transfer: Transfer, kind: 'waiting' | 'downloading', atMs: number): Board {
  const { servedBuildId: build, id: transferId } = transfer;
  const found = withImage(board, transfer);
  if (build === undefined || isLoopOf(board.state, build)) return found;
  return { ...found, state: { kind, sinceMs: atMs, build, transferId } };
}

/** `board` when its newest request, `transfer`, has ended; `before` is its state before that. */
export function ended(board: Board, transfer: Transfer, before: BoardState | undefined, atMs: number): Board {
  return { ...withImage(board, transfer), state: endState(board, transfer, before, atMs) };
}

/** `board` if the end of its newest request, `transfer`, will never be known. */
export function interrupted(board: Board, transfer: Transfer, atMs: number): Board {
  const { kind } = board.state;
  const isRunning = kind === 'checking' || kind === 'waiting' || bringsImage(transfer);
  return isRunning ? { ...board, state: brokenOff(transfer, atMs) } : board;
}

function endState(board: Board, transfer: Transfer, before: BoardState | undefined, atMs: number): BoardState {
  const { state, servedBuildId, status } = transfer;
  switch (state.kind) {
    case 'running':
      return board.state;
    case 'refused':
      return { kind: 'refused', sinceMs: atMs, status, refusal: bounded(state.refusal) };
    case 'broken':
      return brokenOff(transfer, atMs);
    case 'finished':
      switch (state.result) {
        case 'image':
          return gotImage(board, servedBuildId ?? '', atMs);
        case 'held':
          return { kind: 'held', sinceMs: atMs };
        case 'loop stopped':
        case 'build missing':
        case 'not its turn':
          return withheld(board, state.result, atMs);
        case 'up to date':
          if (board.state.kind === 'confirmed') return board.state;
          return { kind: 'up to date', sinceMs: atMs, build: servedBuildId ?? '' };
        case 'not modified':
          return before ?? { kind: 'up to date', sinceMs: atMs, build: servedBuildId ?? '' };
        default:
          // A part, or a range beyond the end: a look at the image, after which the board stands where it stood.
          return before ?? brokenOff(transfer, atMs);
      }
  }
}

/** The state of a board from which its build is withheld: one that flashes itself again and again still does. */
function withheld({ state }: Board, why: Exclude<Withheld, 'held'>, atMs: number): BoardState {
  return state.kind === 'reflashing' ? state : { kind: 'withheld', sinceMs: atMs, why };
}

/** The state of a board whose download ended where it is. A resumed one counts from the archive's start. */
function brokenOff(transfer: Transfer, atMs: number): BoardState {
  const { sentBytes, totalBytes, state } = transfer;
  const start = startOf(transfer);
  const reason = state.kind === 'broken' ? state.reason : 'client closed';
  return { kind: 'broken off', sinceMs: atMs, atByte: start + sentBytes, ofBytes: start + totalBytes, reason };
}

/** Where in the archive an answer in part begins; of a range counted from the end that can't be told. */
function startOf({ status, headers }: Transfer): number {
  if (status !== 206) return 0;
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'range');
  return Number(/^bytes=(\d{1,15})-/.exec(headers[at + 1] ?? '')?.[1] ?? 0);
}

/** A download that completed. */
export interface Completed {
  readonly build: string;
  /** `<box>/<image>`. */
  readonly image: string;
  readonly askedAtMs: number;
  /** Whether the board asked for nothing since. */
  readonly isNewest: boolean;
  /** What the board said it runs. */
  readonly reported: string | undefined;
  /** The least time in which a board of its kind flashes, restarts and asks again. */
  readonly soonestMs: number;
}

/**
 * The history after a download that completed. Downloads side by side are none in a row: of one that began before the
 * last build was given, only another build is new, and it stands behind that one if it was asked for earlier.
 */
export function given(history: readonly GivenBuild[], completed: Completed, atMs: number): readonly GivenBuild[] {
  const { build, image, askedAtMs, isNewest, soonestMs } = completed;
  const reported = completed.reported === undefined ? undefined : cut(completed.reported);
  const [last, ...earlier] = history;
  const isBeside = last !== undefined && askedAtMs < last.givenAtMs;
  const isAgain = last !== undefined && last.build === build && last.confirmedAtMs === undefined;
  if (isAgain && isBeside) return history;
  if (isAgain) {
    const isSameBoard = reported === last.reported && askedAtMs - last.givenAtMs >= soonestMs;
    const loops = isSameBoard ? (last.loops ?? 0) + 1 : 1;
    return [{ ...last, givenAtMs: atMs, times: last.times + 1, loops, ...(reported && { reported }) }, ...earlier];
  }
  const fresh = { build, image: cut(image), givenAtMs: atMs, times: 1, loops: 1, ...(reported && { reported }) };
  return (isBeside && !isNewest ? [last, fresh, ...earlier] : [fresh, ...history]).slice(0, MOST_HISTORY);
}

/** `board` with the image that its request was resolved to, or without one. */
function withImage({ image: _, ...board }: Board, { resolution }: Transfer): Board {
  const id = resolution?.found?.id;
  return id === undefined ? board : { ...board, image: cut(id) };
}

function gotImage({ state, history }: Board, build: string, atMs: number): BoardState {
  if (!isLoopOf(state, build)) return { kind: 'flashing', sinceMs: atMs, build };
  return { ...state, times: history[0]?.times ?? state.times };
}

function isLoopOf(state: BoardState, build: string): state is Reflashing {
  return state.kind === 'reflashing' && state.build === build;
}

/** `text`, or its beginning. */
export function cut(text: string, most: number = MOST_TEXT): string {
  return text.length <= most ? text : text.slice(0, most);
}

/** `value` as JSON has it, its texts cut and in one line: names in a request can hold line ends and worse. */
export function bounded<T>(value: T): T {
  const text = JSON.stringify(value, (_, value) => (typeof value === 'string' ? oneLine(value) : value));
  return JSON.parse(text);
}

function oneLine(text: string): string {
  return cut(text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' '));
}
