import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import type { Serving } from '../serving/serving.ts';
import { boardName } from '../words/board-name.ts';
import { pickBoard } from './pick-board.ts';

/** What can be done to a board. Each acts on the board of an ID, or on one that the user picks. */
export class BoardCommands {
  readonly #registry: BoardRegistry;
  readonly #serving: Serving;

  constructor(registry: BoardRegistry, serving: Serving) {
    this.#registry = registry;
    this.#serving = serving;
  }

  /** Asks for a name; an empty one takes it away. */
  async rename(id?: string): Promise<void> {
    const { l10n, window } = vscode;
    const board = await this.#board(id, l10n.t('Rename Board'));
    if (board === undefined) return;
    const name = await window.showInputBox({
      // a key renames the board that is selected, which need not be the one that has the focus
      title: l10n.t('Rename the Board {0}', boardName(board)),
      prompt: l10n.t('What the board is called here; its address where that is empty'),
      placeHolder: board.address,
      value: board.name ?? '',
    });
    if (name !== undefined) this.#registry.rename(board.id, name);
  }

  /** Forgets a board, once the user said that this is what they want. */
  async forget(id?: string): Promise<void> {
    const { l10n, window } = vscode;
    const board = await this.#board(id, l10n.t('Forget Board'));
    if (board === undefined) return;
    const forget = l10n.t('Forget');
    const detail = board.isHeld
      ? l10n.t('Its name and its builds are lost, and it is held no longer. It appears anew when it asks again.')
      : l10n.t('Its name and its builds are lost. It appears anew when it asks again.');
    const message = l10n.t('Forget the board {0}?', boardName(board));
    const answer = await window.showWarningMessage(message, { modal: true, detail }, forget);
    if (answer === forget) this.#registry.forget(board.id);
  }

  /** From its next request on, the board is told to be up to date. */
  async hold(id?: string): Promise<void> {
    const board = await this.#board(id, vscode.l10n.t('Hold Board'), ({ isHeld }) => !isHeld);
    if (board !== undefined) this.#registry.hold(board.id, true);
  }

  /** From its next request on, the board gets what it asks for. */
  async release(id?: string): Promise<void> {
    const board = await this.#board(id, vscode.l10n.t('Release Board'), ({ isHeld }) => isHeld);
    if (board !== undefined) this.#registry.hold(board.id, false);
  }

  /** Serves one update to the board's address alone. */
  async serveOnce(id?: string): Promise<void> {
    const board = await this.#board(id, vscode.l10n.t('Serve Once to a Board'), ({ isHeld }) => !isHeld);
    if (board !== undefined) await this.#serving.serve({ kind: 'once', client: board.address });
  }

  #board(
    id: string | undefined,
    title: string,
    isWanted: (board: Board) => boolean = () => true,
  ): Promise<Board | undefined> {
    return id === undefined ? pickBoard(this.#registry, title, isWanted) : Promise.resolve(this.#registry.get(id));
  }
}
