import * as vscode from 'vscode';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import type { Unkept } from '../../boards/state-file.ts';
import { showProblem } from '../show-problem.ts';

/** Saves what the user does to boards at once, and tells them each time that can't be: at first it goes unnoticed. */
export class ActsSaved {
  readonly #registry: Pick<BoardRegistry, 'save'>;
  readonly #onFailure: (error: unknown) => void;
  #isDue = false;
  #saving = 0;

  constructor(registry: Pick<BoardRegistry, 'save'>, onFailure: (error: unknown) => void) {
    this.#registry = registry;
    this.#onFailure = onFailure;
  }

  /** Whether what was done is being saved: if that fails, the user is told here. */
  get isSaving(): boolean {
    return this.#saving > 0;
  }

  /** Something was done to a board, or to one of several. */
  readonly acted = () => {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#save().catch(this.#onFailure);
    });
  };

  async #save(): Promise<void> {
    this.#saving++;
    const unkept = await this.#registry.save(); // never throws
    this.#saving--;
    if (unkept !== undefined) await showProblem(unkeptText(unkept));
  }
}

function unkeptText({ kind, code }: Unkept): string {
  const { l10n } = vscode;
  return kind === 'so far'
    ? l10n.t(
        'mkbox: your last change to boards is not saved ({0}). It holds now, and is lost when this window closes unless it can be saved before then.',
        code,
      )
    : l10n.t(
        'mkbox: your last change to boards is not saved: their file could not be read when this window opened ({0}). It holds until the window closes.',
        code,
      );
}
