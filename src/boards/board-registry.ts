import { EventEmitter } from 'node:events';
import type { CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import type { Asked } from '../server/decision/asked.ts';
import type { Assigner } from '../server/decision/assigned.ts';
import type { Transfer } from '../server/transfer.ts';
import type { UpdateServer } from '../server/update-server.ts';
import type { OnMessage } from '../words.ts';
import type { Assignment } from './assignment.ts';
import type { Act, Board, Pin, ServeOnce } from './board.ts';
import { held, pinned, released, servedOnce, tagged } from './board-acts.ts';
import { BoardAssigner, type KeptBuildOf } from './board-assigner.ts';
import { BoardClock, clocksOf } from './board-clock.ts';
import type { BoardEvents } from './board-events.ts';
import { BoardFinder } from './board-finder.ts';
import { BoardIndex } from './board-index.ts';
import { bringsImage, cut, interrupted, waitsForTurn } from './board-record.ts';
import { BoardRequests } from './board-requests.ts';
import { ChangeClock } from './change-clock.ts';
import { FlashTimes } from './flash-times.ts';
import { BOARDS_FORMAT, type KeptState } from './kept-state.ts';
import { MOST_BOARDS, SOONEST_BOOT_MS, SOONEST_PART } from './limits.ts';
import { type Move, moved } from './moments.ts';
import { type Neighbours, systemNeighbours } from './neighbours.ts';
import type { RollOutPlan } from './roll-out.ts';
import { RollOuts } from './roll-outs.ts';
import { ShownBoards } from './shown-boards.ts';
import { StateFile, type Unkept } from './state-file.ts';

/** Options of a registry. */
export interface BoardRegistryOptions {
  /** The file that stores the boards; without it, they are forgotten with the process. */
  readonly statePath?: string | undefined;
  /** Knows MACs; this machine's system without it. */
  readonly neighbours?: Neighbours | undefined;
  /** Milliseconds since 1970; the system's clock without it. */
  readonly now?: (() => number) | undefined;
  /** Milliseconds by a clock that nobody sets; the system's without it, and `now` where that is given. */
  readonly elapsed?: (() => number) | undefined;
  /** Told what went wrong with the file. */
  readonly onMessage?: OnMessage | undefined;
  /** Whether a board that flashes the same build again and again is stopped; it is without it. */
  readonly stopsLoops?: (() => boolean) | undefined;
  /** In what stages new builds go out; to all boards at once without it. */
  readonly rollOutPlan?: (() => RollOutPlan | undefined) | undefined;
  /** Finds the builds that are kept; none without it. */
  readonly keptBuild?: KeptBuildOf | undefined;
}

/**
 * The boards and their states, from their requests: those for updates that name a kind of board or a build. Only
 * beginnings and ends are events; how many bytes were sent is read from the transfer.
 */
export class BoardRegistry {
  readonly events = new EventEmitter<BoardEvents>();
  readonly #index = new BoardIndex({
    onConfirmed: (board) => this.events.emit('confirmed', board),
    onJoined: (gone, kept) => this.#rollOuts.joined(gone, kept),
  });
  readonly #finder: BoardFinder;
  readonly #time: BoardClock;
  readonly #shown: ShownBoards;
  readonly #file: StateFile<KeptState> | undefined;
  readonly #clock: ChangeClock;
  readonly #watched = new Set<BoardRequests>();
  readonly #rollOuts: RollOuts;
  readonly #assigner: BoardAssigner;
  #isTouched = false;

  /** Starts empty; `open` starts with the stored boards. */
  constructor(options: BoardRegistryOptions = {}) {
    const { statePath, neighbours, onMessage = () => {}, stopsLoops = () => true } = options;
    const { keptBuild = () => undefined, rollOutPlan = () => undefined } = options;
    this.#finder = new BoardFinder(this.#index, neighbours ?? systemNeighbours(), () => this.#changed());
    this.#time = new BoardClock(clocksOf(options), (move) => this.#move(move));
    const { now } = this.#time;
    this.#shown = new ShownBoards(this.#index, now);
    this.#rollOuts = new RollOuts({
      plan: rollOutPlan,
      boards: () => this.#shown.list,
      now,
      onChange: () => this.#changed(),
      onStep: (rollOut, isOrdered) => void this.events.emit('rollOut', rollOut, isOrdered),
    });
    this.#assigner = new BoardAssigner({
      index: this.#index,
      finder: this.#finder,
      now,
      stopsLoops,
      keptBuild,
      rollOuts: this.#rollOuts,
    });
    this.#file = statePath === undefined ? undefined : new StateFile(statePath, BOARDS_FORMAT, onMessage);
    this.#clock = new ChangeClock({
      tell: () => {
        this.#rollOuts.observe();
        this.events.emit('changed');
      },
      isMoving: () => [...this.#index.values()].some(({ newest }) => newest !== undefined),
      nextMs: () => this.#shown.nextChangeMs(),
      now,
    });
  }

  /** A registry with the stored boards. A damaged file is set aside, and `onMessage` called. */
  static async open(options: BoardRegistryOptions = {}): Promise<BoardRegistry> {
    const registry = new BoardRegistry(options);
    const kept = await registry.#file?.read(registry.#time.now());
    if (kept !== undefined) registry.#take(kept);
    return registry;
  }

  /**
   * Reads the file again, unless something happened to a board: another process may have had the file until now, such
   * as a window that is being reloaded.
   */
  async reread(): Promise<void> {
    const kept = this.#isTouched ? undefined : await this.#file?.read(this.#time.now());
    if (kept === undefined || kept.boards.length === 0 || this.#isTouched) return;
    for (const entry of [...this.#index.values()]) this.#index.remove(entry);
    this.#take(kept);
  }

  /** Follows `server`'s requests, until the returned function is called. Running ones count as broken off then. */
  watch(server: Pick<UpdateServer, 'events'>): () => void {
    const requests = new BoardRequests(server.events, {
      index: this.#index,
      finder: this.#finder,
      now: this.#time.now,
      soonestMs: (board) => Math.max(SOONEST_BOOT_MS, SOONEST_PART * (this.#shown.times.expected(board) ?? 0)),
      onChange: () => this.#changed(),
      onAsked: (entry, before, transfer) => this.#asked(entry.board, before, transfer),
    });
    this.#watched.add(requests);
    return () => {
      if (this.#watched.delete(requests)) requests.close();
    };
  }

  /** All boards now, by name, or address if they have none, in natural order. */
  get boards(): readonly Board[] {
    return this.#shown.list;
  }

  /** Milliseconds since 1970, by which all of this is recorded. */
  get now(): () => number {
    return this.#time.now;
  }

  /** The board of that ID, now. */
  get(id: string): Board | undefined {
    return this.#shown.get(id);
  }

  /** The transfer by which a board gets an image now, or will when it is its turn; for `progressOf`. */
  transferOf(id: string): Transfer | undefined {
    const transfer = this.#index.get(id)?.newest;
    return transfer !== undefined && (bringsImage(transfer) || waitsForTurn(transfer)) ? transfer : undefined;
  }

  /** The board that asks this from `client`, if it is known. */
  boardOf(client: string, asked: Asked): Board | undefined {
    return this.#finder.find(client, asked)?.board;
  }

  /** Decides what each board gets; for `UpdateServerOptions.assigner`. */
  get assigner(): Assigner {
    return this.#assigner;
  }

  /** What `board` gets if it asks the same again, and why. */
  assignmentOf(board: Board, snapshot: CatalogSnapshot): Assignment {
    return this.#assigner.assignmentOf(board, snapshot);
  }

  /** Whether a board is pinned to that build of an image. */
  isPinned(imageId: string, buildId: string): boolean {
    if (this.#index.pinned === 0) return false;
    return [...this.#index.values()].some(({ board: { pin } }) => pin?.image === imageId && pin.build === buildId);
  }

  /** The roll-outs of images. */
  get rollOuts(): RollOuts {
    return this.#rollOuts;
  }

  /** The image that a build is sent from: the newest, or the copy that is kept; undefined where there is none. */
  imageOfBuild(imageId: string, buildId: string, snapshot: CatalogSnapshot): CatalogImage | undefined {
    return this.#assigner.imageOfBuild(imageId, buildId, snapshot);
  }

  /** Puts a board on hold from its next request on, by `act`. */
  hold(id: string, act?: Act): void {
    this.#act(id, (board) => held(board, act));
  }

  /** Releases a board from its hold, and from having been stopped as one that flashes itself again and again. */
  release(id: string): void {
    this.#act(id, released);
  }

  /** From its next request on, a board gets what `pin` says, whatever it asks for; without it, what it asks for. */
  pin(id: string, pin: Pin | undefined): void {
    this.#act(id, (board) => pinned(board, pin));
  }

  /** A board gets one update, whatever else would keep that back but a hold. */
  serveOnce(id: string, once: ServeOnce): void {
    this.#act(id, (board) => servedOnce(board, once));
  }

  /** Gives a board these tags, in place of those it had. */
  tag(id: string, tags: readonly string[]): void {
    this.#act(id, (board) => tagged(board, tags));
  }

  /** Names a board, or removes its name. */
  rename(id: string, name: string | undefined): void {
    const given = cut(name?.trim() ?? '');
    this.#act(id, ({ name: _, ...board }) => (given === '' ? board : { ...board, name: given }));
  }

  /** Forgets a board until it asks again. */
  forget(id: string): void {
    const entry = this.#index.get(id);
    if (entry === undefined) return;
    this.#index.remove(entry);
    this.#rollOuts.changedBoard();
    this.#changed();
  }

  /** Writes what is pending now. Answers why it can't be kept, if so. */
  async save(): Promise<Unkept | undefined> {
    return this.#file?.flush();
  }

  /** Stops watching, and writes what is pending. */
  async close(): Promise<void> {
    for (const requests of this.#watched) requests.close();
    this.#watched.clear();
    this.#finder.close();
    this.#clock.close();
    await this.#file?.flush();
  }

  #take(kept: KeptState): void {
    const { boards, flashTimes, rollOuts, instead } = this.#time.taken(kept);
    this.#rollOuts.take(rollOuts, instead);
    this.#shown.times = new FlashTimes(flashTimes);
    const newest = boards.toSorted((a, b) => a.lastSeenMs - b.lastSeenMs).slice(-MOST_BOARDS);
    for (const board of newest) if (this.#index.get(board.id) === undefined) this.#index.add({ board });
    this.#clock.changed();
  }

  #asked(board: Board, { history }: Board, transfer: Transfer): void {
    const { state } = board;
    this.#rollOuts.heard(board);
    if (state.kind === 'confirmed') {
      this.#shown.times.learn(board, state.sinceMs - (history[0]?.givenAtMs ?? 0));
      this.events.emit('confirmed', board);
    }
    if (state.kind === 'reflashing') this.events.emit('reflashing', { board, state, transfer });
  }

  /** The clock was set. */
  #move(move: Move): void {
    for (const entry of this.#index.values()) {
      this.#index.set(entry, moved(entry.board, move));
      entry.before = moved(entry.before, move);
    }
    for (const requests of this.#watched) requests.move(move);
    this.#rollOuts.move(move);
    this.events.emit('clockSet', move);
    this.#changed();
  }

  #act(id: string, change: (board: Board) => Board): void {
    this.#time.now();
    const entry = this.#index.get(id);
    if (entry === undefined) return;
    this.#index.set(entry, change(entry.board));
    this.#rollOuts.changedBoard();
    this.#changed();
  }

  #changed(): void {
    this.#isTouched = true;
    this.#clock.changed();
    this.#file?.schedule(() => this.#kept());
  }

  /** The state as it would be if the process ended now: running requests are broken off. */
  #kept(): KeptState {
    const nowMs = this.#time.now();
    const boards = Array.from(this.#index.values(), ({ board, newest }) =>
      newest === undefined ? board : interrupted(board, newest, nowMs),
    );
    const { list: rollOuts, standIns: instead } = this.#rollOuts;
    return { boards, flashTimes: this.#shown.times.kept, rollOuts, instead };
  }
}
