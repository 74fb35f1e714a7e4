import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { Reflash } from '../../boards/board-events.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { type BuildNeed, needOf } from '../../boards/build-need.ts';
import type { RollOuts } from '../../boards/roll-outs.ts';
import type { Acts } from '../../control/acts.ts';
import type { AuditLog } from '../../control/audit-log.ts';
import { Owner } from '../dispose.ts';
import type { Asking } from '../words/board-name.ts';

/** The boards, what can be done to them, and the log of that. */
export interface OpenBoards {
  readonly registry: BoardRegistry;
  readonly acts: Acts;
  readonly audit: AuditLog;
}

/**
 * The boards that this window's server knows, across restarts of both. The registry's code and its file are loaded on
 * first use: activating the extension waits for neither.
 */
export class Boards extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #confirmed = this.own(new vscode.EventEmitter<Board>());
  readonly #reflashed = this.own(new vscode.EventEmitter<Reflash>());
  readonly #read: () => Promise<OpenBoards>;
  #opening: Promise<OpenBoards> | undefined;
  #registry: BoardRegistry | undefined;

  /** One or several boards changed, at most four times a second. */
  readonly onDidChange = this.#changed.event;
  /** A board reports the build that it was given. */
  readonly onDidConfirm = this.#confirmed.event;
  /** A request shows that its board flashes itself at every boot. */
  readonly onDidReflash = this.#reflashed.event;

  /** `read` loads the registry's code and its file. It never fails. */
  constructor(read: () => Promise<OpenBoards>) {
    super();
    this.#read = read;
  }

  /** The boards now, sorted by name or address; none until they were loaded. */
  get list(): readonly Board[] {
    return this.#registry?.boards ?? [];
  }

  /** The roll-outs of images; undefined until the boards were loaded. */
  get rollOuts(): RollOuts | undefined {
    return this.#registry?.rollOuts;
  }

  /** What boards need a kept build for; undefined, too, until they were loaded. */
  needOf(image: string, build: string): BuildNeed | undefined {
    return this.#registry && needOf(image, build, this.#registry);
  }

  /** The board that asks; undefined if it is not known, or the boards were not loaded. */
  boardOf({ client, asked }: Asking): Board | undefined {
    return this.#registry?.boardOf(client, asked);
  }

  /** Whether the boards were loaded: before that, an empty list means nothing. */
  get isOpen(): boolean {
    return this.#registry !== undefined;
  }

  /** Loads the boards, once. Never fails: a damaged file is set aside, and the user told. */
  async open(): Promise<BoardRegistry> {
    return (await this.openAll()).registry;
  }

  /** What a person can do to them. */
  async acts(): Promise<Acts> {
    return (await this.openAll()).acts;
  }

  /** The same, with what can be done to them, and the log of that. */
  openAll(): Promise<OpenBoards> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /**
   * Writes what is pending. Call it after the server has stopped: the editor disposes of all parts before that, and
   * what is still being sent may yet arrive.
   */
  async close(): Promise<void> {
    const opened = await this.#opening;
    await Promise.all([opened?.registry.close(), opened?.audit.close()]);
  }

  async #open(): Promise<OpenBoards> {
    const opened = await this.#read();
    const { registry } = opened;
    registry.events.on('changed', () => this.#changed.fire());
    registry.events.on('confirmed', (board) => this.#confirmed.fire(board));
    registry.events.on('reflashing', (reflash) => this.#reflashed.fire(reflash));
    this.#registry = registry;
    this.#changed.fire();
    return opened;
  }
}
