import * as vscode from 'vscode';
import type { BoardRegistry } from '../boards/board-registry.ts';
import type { Halt, RollOut } from '../boards/roll-out.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import type { Acts } from '../control/acts.ts';
import { goBack } from '../control/go-back.ts';
import { userName } from '../control/user-name.ts';
import { Owner } from './dispose.ts';
import { boardName } from './words/board-name.ts';
import { plainMessage } from './words/plain-message.ts';
import { haltText, notKeptText } from './words/roll-out-words.ts';

export interface HaltNoticesParts {
  readonly registry: BoardRegistry;
  readonly acts: Acts;
  /** The builds that are kept, if any can be. */
  readonly builds: () => Promise<KeptBuilds | undefined>;
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
      this.#tell(rollOut, state.why).catch((error) => parts.log.error(error));
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
    if (answer === showBoard) return show(why.board);
    const halted = this.#stillHalted(rollOut);
    if (answer === undefined || halted === undefined) return;
    if (answer === goOn) return void acts.continueRollOut(rollOut.image, rollOut.build);
    const parts = { acts, builds: await this.#parts.builds(), by: userName() };
    if ((await goBack(halted, parts)) === 'not kept') {
      await window.showWarningMessage(plainMessage(notKeptText(halted, l10n)));
    }
  }

  async #canGoBack({ image, former }: RollOut): Promise<boolean> {
    if (former === undefined) return false;
    const builds = await this.#parts.builds();
    return builds?.find({ imageId: image, buildId: former }) !== undefined;
  }

  /** The roll-out as it is now, if it is halted for the same reason: a notice may stand for days. */
  #stillHalted({ image, build, state }: RollOut): RollOut | undefined {
    const known = this.#parts.registry.rollOuts.get(image, build);
    return known?.state === state ? known : undefined;
  }
}
