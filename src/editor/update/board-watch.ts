import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import {
  advance,
  type BoardUpdate,
  beginUpdate,
  restarted,
  type Sighting,
  type UpdateEnd,
} from '../../boards/board-update.ts';
import { type Move, moved } from '../../boards/moments.ts';
import { Owner } from '../dispose.ts';
import { recordNow } from '../known-boards.ts';
import type { Boards } from '../serving/boards.ts';
import type { Serving } from '../serving/serving.ts';

/** How often the time that is left is told. */
const TICK_MS = 1_000;

/** What an update is watched by. */
export interface WatchParts {
  readonly registry: BoardRegistry;
  readonly boards: Boards;
  readonly serving: Serving;
}

/** Watches one board through its update. Dispose of it. */
export class BoardWatch extends Owner {
  readonly #registry: BoardRegistry;
  readonly #ended = Promise.withResolvers<UpdateEnd>();
  readonly #onStep: (update: BoardUpdate, board: Board) => void;
  #board: Board;
  #update: BoardUpdate;

  /** Begins now. `onStep` is called with the first step, with each change, and every second. */
  constructor(
    { registry, boards, serving }: WatchParts,
    board: Board,
    build: string,
    onStep: (update: BoardUpdate, board: Board) => void,
  ) {
    super();
    this.#registry = registry;
    this.#board = board;
    this.#onStep = onStep;
    this.#update = beginUpdate(board, build, registry.now());
    const onClockSet = (move: Move) => {
      this.#update = moved(this.#update, move);
    };
    registry.events.on('clockSet', onClockSet);
    this.own({ dispose: () => registry.events.off('clockSet', onClockSet) });
    this.own(boards.onDidChange(() => this.#see({ kind: 'board', board: this.#find() })));
    this.own(
      serving.onDidChangeState((state) => {
        // a server that is to serve elsewhere stops, too, before it starts again
        const isOver =
          state.kind === 'draining'
            ? state.next === 'stopped'
            : state.kind === 'stopped' && serving.wanted === undefined;
        if (isOver || state.kind === 'failed') this.#see({ kind: 'not served' });
      }),
    );
    const timer = setInterval(() => this.#see({ kind: 'time', nowMs: registry.now() }), TICK_MS);
    this.own({ dispose: () => clearInterval(timer) });
    onStep(this.#update, board);
  }

  /** How the update ended, when it has. */
  get ended(): Promise<UpdateEnd> {
    return this.#ended.promise;
  }

  /** The board was told to restart: it is to ask within `withinMs`. */
  restarted(withinMs: number): void {
    const nowMs = this.#registry.now(); // where the clock was set, the update moves with that
    this.#update = restarted(this.#update, nowMs, withinMs);
  }

  /** Whether nothing was heard of the board since the update began. */
  get isAwaited(): boolean {
    return this.#update.step.kind === 'awaited' && this.#update.end === undefined;
  }

  #see(sighting: Sighting): void {
    this.#update = advance(this.#update, sighting);
    const { end } = this.#update;
    if (end === undefined) this.#onStep(this.#update, this.#board);
    else this.#ended.resolve(end);
  }

  /** The board's record. */
  #find(): Board | undefined {
    const board = recordNow(this.#board, this.#registry);
    if (board !== undefined) this.#board = board;
    return board;
  }
}
