import * as vscode from 'vscode';
import type { BoardRegistry } from '../boards/board-registry.ts';
import type { Halt, RollOut } from '../boards/roll-out.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import type { Acts } from '../control/acts.ts';
import { type Since, since } from '../control/as-shown.ts';
import { goBack } from '../control/go-back.ts';
import { userName } from '../control/user-name.ts';
import { Owner } from './dispose.ts';
import { tellGone } from './known-boards.ts';
import { showFailure } from './show-problem.ts';
import { boardName } from './words/board-name.ts';
import { plainMessage } from './words/plain-message.ts';
import { haltText, notAsShownText, notKeptText } from './words/roll-out-words.ts';

export interface HaltNoticesParts {
  readonly registry: BoardRegistry;
  readonly acts: Acts;
  /** The builds that are kept, if any can be. */
  readonly builds: () => Promise<KeptBuilds | undefined>;
  /** The newest build of an image, if that is known. */
  readonly newest: (image: string) => string | undefined;
  /** Shows a board in its view. */
  readonly show: (id: string) => Promise<void>;
  readonly log: vscode.LogOutputChannel;
}

/** Tells once when a roll-out halts by itself, and offers what can be done then. Whoever halts one knows it already. */
export class HaltNotices extends Owner {
  readonly #parts: HaltNoticesParts;

  constructor(parts: HaltNoticesParts) {
    super();
    this.#parts = parts;
    const onStep = (rollOut: RollOut) => {
      const { state } = rollOut;
      if (state.kind !== 'halted' || state.why.kind === 'person') return;
      this.#tell(rollOut, state.why).catch((error) => showFailure('after a halt', error, parts.log));
    };
    const { events } = parts.registry;
    events.on('rollOut', onStep);
    this.own({ dispose: () => events.off('rollOut', onStep) });
  }

  async #tell(rollOut: RollOut, why: Exclude<Halt, { kind: 'person' }>): Promise<void> {
    const { l10n, window } = vscode;
    const { registry, acts, show } = this.#parts;
    const board = registry.get(why.board);
    const name = board === undefined ? '' : boardName(board);
    const [goOn, back, showBoard] = [l10n.t('Continue'), l10n.t('Go Back'), l10n.t('Show Board')];
    const ways = (await this.#canGoBack(rollOut)) ? [goOn, back, showBoard] : [goOn, showBoard];
    const answer = await window.showWarningMessage(plainMessage(haltText(rollOut, why, name, l10n)), ...ways);
    if (answer === showBoard && registry.get(why.board) === undefined) return tellGone([board && name], 1);
    if (answer === showBoard) return show(why.board);
    if (answer === undefined) return;
    // a notice may stand for days
    const found = since(rollOut, { rollOuts: registry.rollOuts, newest: this.#parts.newest(rollOut.image) });
    if (found.kind !== 'same') return this.#tellUndone(rollOut, found);
    if (answer === goOn) return void acts.continueRollOut(rollOut.image, rollOut.build);
    const parts = { acts, builds: await this.#parts.builds(), by: userName() };
    const wentBack = await goBack(rollOut, parts);
    if (wentBack === 'replaced') return this.#tellUndone(rollOut, { kind: 'replaced' });
    if (wentBack === 'not kept') await window.showWarningMessage(plainMessage(notKeptText(rollOut, l10n)));
  }

  /** Whoever clicked would believe that it was done. */
  async #tellUndone(rollOut: RollOut, found: Exclude<Since, { kind: 'same' }>): Promise<void> {
    const text = vscode.l10n.t('mkbox: {0}', notAsShownText(rollOut, found, vscode.l10n));
    await vscode.window.showWarningMessage(plainMessage(text));
  }

  async #canGoBack({ image, former }: RollOut): Promise<boolean> {
    if (former === undefined) return false;
    const builds = await this.#parts.builds();
    return builds?.find({ imageId: image, buildId: former }) !== undefined;
  }
}
