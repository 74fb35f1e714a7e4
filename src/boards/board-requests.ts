import type { Asked } from '../server/decision/asked.ts';
import type { Transfer } from '../server/transfer.ts';
import type { UpdateServer } from '../server/update-server.ts';
import { asksAsBoard, isByHand } from './asks-as-board.ts';
import type { Board, BoardState } from './board.ts';
import { hasOnce } from './board-acts.ts';
import type { BoardFinder } from './board-finder.ts';
import type { BoardIndex, Entry } from './board-index.ts';
import { answering, asking, ended, given, interrupted, waiting } from './board-record.ts';
import { FRAME_MS } from './limits.ts';
import { type Move, moved } from './moments.ts';
import { pendingOnce } from './pending-once.ts';

/** A request of a board, until it ends. */
interface BoardRequest {
  readonly entry: Entry;
  askedAtMs: number;
}

/** What requests change, and who is told. */
export interface RequestsOptions {
  readonly index: BoardIndex;
  readonly finder: BoardFinder;
  readonly now: () => number;
  /** The least time in which a board like this one flashes, restarts and asks again. */
  readonly soonestMs: (board: Entry['board']) => number;
  /** The request changed its board. */
  readonly onChange: () => void;
  /** The board asked by `transfer`; `before` is the board until then. */
  readonly onAsked: (entry: Entry, before: Entry['board'], transfer: Transfer) => void;
}

/** Follows one server's requests, and records what they show in the boards' records. */
export class BoardRequests {
  readonly #options: RequestsOptions;
  readonly #events: UpdateServer['events'];
  readonly #running = new Map<Transfer, BoardRequest>();

  /** Starts listening to the server's `events`. */
  constructor(events: UpdateServer['events'], options: RequestsOptions) {
    this.#events = events;
    this.#options = options;
    events.on('asked', this.#onAsked).on('waiting', this.#onWaiting).on('answering', this.#onAnswering);
    events.on('finished', this.#onEnd).on('broken', this.#onEnd).on('refused', this.#onEnd);
  }

  /** Stops listening. What still runs counts as broken off. */
  close(): void {
    const events = this.#events.off('asked', this.#onAsked).off('waiting', this.#onWaiting);
    events
      .off('answering', this.#onAnswering)
      .off('finished', this.#onEnd)
      .off('broken', this.#onEnd)
      .off('refused', this.#onEnd);
    for (const transfer of this.#running.keys()) this.#onEnd(transfer);
  }

  /** The clock was set. */
  move(move: Move): void {
    for (const request of this.#running.values()) request.askedAtMs = moved({ atMs: request.askedAtMs }, move).atMs;
  }

  readonly #onAsked = (transfer: Transfer): void => void this.#requestOf(transfer);

  readonly #onWaiting = (transfer: Transfer): void => this.#note(transfer, waiting);

  readonly #onAnswering = (transfer: Transfer): void => {
    if (!transfer.isRepeat) this.#note(transfer, answering);
  };

  /** Records what a running request did to its board, if it is the board's newest. */
  #note(transfer: Transfer, noted: typeof answering): void {
    const request = this.#requestOf(transfer);
    if (request === undefined) return;
    const { index, now, onChange } = this.#options;
    const nowMs = now();
    const entry = current(request.entry);
    if (entry.newest !== transfer) return;
    index.set(entry, noted(entry.board, transfer, nowMs));
    onChange();
  }

  /** The end of an older request says nothing about its board's state, only about what it got. */
  readonly #onEnd = (transfer: Transfer): void => {
    if (transfer.isRepeat && isBoards(transfer) && this.#repeat(transfer)) return;
    const request = this.#requestOf(transfer);
    if (request === undefined) return;
    const { index, now, onChange } = this.#options;
    const nowMs = now(); // where the clock was set, the request moves, too
    this.#running.delete(transfer);
    const entry = current(request.entry);
    const isNewest = entry.newest === transfer;
    let { board } = entry;
    const { servedBuildId: build, state, resolution } = transfer;
    if (state.kind === 'finished' && state.result === 'image' && build !== undefined) {
      const { asked } = transfer;
      const completed = {
        build,
        image: resolution?.found?.id ?? '',
        askedAtMs: request.askedAtMs,
        isNewest,
        reported: asked.buildId,
        soonestMs: this.#options.soonestMs(board),
      };
      const history = given(board.history, completed, nowMs);
      board = history === board.history ? { ...board, isShared: true } : { ...board, history };
    }
    if (state.kind === 'finished' && transfer.completesUpdate && (board.once?.atMs ?? 0) <= request.askedAtMs) {
      board = hasOnce(board);
    }
    if (isNewest) {
      board = { ...board, lastSeenMs: nowMs };
      board =
        state.kind === 'running' ? interrupted(board, transfer, nowMs) : ended(board, transfer, entry.before, nowMs);
      entry.newest = undefined;
      entry.before = undefined;
    }
    index.set(entry, board);
    onChange();
  };

  /** Records that an up-to-date board is so again; false if there is more to record. */
  #repeat({ client, asked, state }: Transfer): boolean {
    const { index, finder, now, onChange } = this.#options;
    const nowMs = now();
    const entry = finder.find(client, asked);
    if (entry === undefined || entry.newest !== undefined) return false;
    const { board } = entry;
    const isSame = board.state.kind === 'up to date' && hasAsked(board, client, asked);
    if (!isSame || pendingOnce(board) !== undefined || state.kind !== 'finished') return false;
    if (nowMs - board.lastSeenMs < FRAME_MS) return true; // nobody is told of more within a frame
    index.heard(entry);
    index.set(entry, { ...board, lastSeenMs: nowMs });
    onChange();
    return true;
  }

  /** The board's request of `transfer`, which is recorded here when it is new; undefined if it is no board's. */
  #requestOf(transfer: Transfer): BoardRequest | undefined {
    const known = this.#running.get(transfer);
    if (known !== undefined || !isBoards(transfer)) return known;
    const { index, finder, now, onChange, onAsked } = this.#options;
    if (isByHand(transfer.client, transfer.asked) && finder.find(transfer.client, transfer.asked) === undefined)
      return undefined;
    const askedAtMs = now();
    const entry = finder.findOrAdd(transfer.client, transfer.asked, askedAtMs);
    if (entry === undefined) return undefined;
    const request = { entry, askedAtMs };
    this.#running.set(transfer, request);
    const before = entry.board;
    const { state } = before;
    if (!IN_ANSWER.has(state.kind)) entry.before = state;
    entry.newest = transfer;
    index.heard(entry);
    index.set(entry, asking(before, transfer.asked, askedAtMs));
    onChange();
    onAsked(entry, before, transfer);
    return request;
  }
}

/** States of a board whose request is being answered. */
const IN_ANSWER: ReadonlySet<BoardState['kind']> = new Set(['checking', 'waiting', 'downloading']);

/** Whether it is a board that asks. */
function isBoards({ method, asked, isTrial }: Transfer): boolean {
  return method === 'GET' && asksAsBoard(asked) && !isTrial;
}

/** Whether it was the same that a board asked last, from the same address. */
function hasAsked({ wish, reportedBuild, address }: Board, client: string, asked: Asked): boolean {
  return (
    address === client &&
    reportedBuild === asked.buildId &&
    wish.box === asked.box &&
    wish.board === asked.board &&
    wish.branch === asked.branch &&
    wish.version === asked.version &&
    wish.image === asked.image
  );
}

function current(entry: Entry): Entry {
  return entry.sameAs === undefined ? entry : current(entry.sameAs);
}
