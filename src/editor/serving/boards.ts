import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry, Reflash } from '../../boards/board-registry.ts';
import type { Transfer } from '../../server/transfer.ts';
import { Owner } from '../dispose.ts';
import { boardName } from '../words/board-name.ts';

/**
 * The boards that this window's server knows, over its restarts and the window's. The registry's code and what was kept
 * are read when it is first asked for: activating the extension waits for neither.
 */
export class Boards extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #confirmed = this.own(new vscode.EventEmitter<Board>());
  readonly #reflashed = this.own(new vscode.EventEmitter<Reflash>());
  readonly #read: () => Promise<BoardRegistry>;
  #opening: Promise<BoardRegistry> | undefined;
  #registry: BoardRegistry | undefined;

  /** Something about a board or several, at most four times a second. */
  readonly onDidChange = this.#changed.event;
  /** A board runs the build that it was given. */
  readonly onDidConfirm = this.#confirmed.event;
  /** A request shows that its board flashes itself at every boot. */
  readonly onDidReflash = this.#reflashed.event;

  /** `read`: reads the registry's code, and what was kept. It never fails. */
  constructor(read: () => Promise<BoardRegistry>) {
    super();
    this.#read = read;
  }

  /** The boards as they stand now, sorted by what they are called; none until they were read. */
  get list(): readonly Board[] {
    return this.#registry?.boards ?? [];
  }

  /** What people call the board that asks: the name it was given, or its address. */
  nameOf({ client, asked }: Transfer): string {
    return boardName({ name: this.#registry?.nameOf(client, asked), address: client });
  }

  /** Whether what was kept has been read: before that, no board means nothing. */
  get isOpen(): boolean {
    return this.#registry !== undefined;
  }

  /** Reads what was kept, once. Never fails: what is damaged is set aside, and the user told. */
  open(): Promise<BoardRegistry> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /**
   * Writes what waits to be written. To be called when the server has stopped: the editor disposes of all parts before
   * that, and what is still being sent then may yet arrive.
   */
  async close(): Promise<void> {
    await (await this.#opening)?.close();
  }

  async #open(): Promise<BoardRegistry> {
    const registry = await this.#read();
    registry.events.on('changed', () => this.#changed.fire());
    registry.events.on('confirmed', (board) => this.#confirmed.fire(board));
    registry.events.on('reflashing', (reflash) => this.#reflashed.fire(reflash));
    this.#registry = registry;
    this.#changed.fire();
    return registry;
  }
}
