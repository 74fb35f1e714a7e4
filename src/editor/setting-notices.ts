import * as vscode from 'vscode';
import { Owner } from './dispose.ts';
import { showSetting } from './show-setting.ts';
import { plainMessage } from './words/plain-message.ts';
import type { SettingFault, Settings } from './workspace/settings.ts';

/** What there is to tell of settings. */
export interface SettingNoticesParts {
  readonly settings: Pick<Settings, 'faults' | 'onDidChange'>;
  readonly log: vscode.LogOutputChannel;
  readonly onFailure: (error: unknown) => void;
}

/** Tells once of each setting that is written wrong, and what holds in its place. */
export class SettingNotices extends Owner {
  readonly #parts: SettingNoticesParts;
  /** The lines about those that were told of. */
  #told: ReadonlySet<string> = new Set();

  constructor(parts: SettingNoticesParts) {
    super();
    this.#parts = parts;
    this.own<vscode.Disposable>(parts.settings.onDidChange(() => this.#look()));
    this.#look();
  }

  #look(): void {
    const faults = new Map(this.#parts.settings.faults().map((fault) => [lineOf(fault), fault]));
    const before = this.#told;
    this.#told = new Set(faults.keys());
    for (const [line, fault] of faults) {
      if (!before.has(line)) this.#tell(line, fault).catch(this.#parts.onFailure);
    }
  }

  async #tell(line: string, { name, written, inForce }: SettingFault): Promise<void> {
    const { l10n, window } = vscode;
    this.#parts.log.warn(line);
    const text = l10n.t(
      "mkbox: the setting {0} can't be {1}; {2} applies until you correct it.",
      name,
      textOf(written),
      textOf(inForce),
    );
    const openSettings = l10n.t('Open Settings');
    if ((await window.showWarningMessage(plainMessage(text), openSettings)) === openSettings) await showSetting(name);
  }
}

function lineOf({ name, written, inForce }: SettingFault): string {
  return `${name} can't be ${textOf(written)}; ${textOf(inForce)} applies until it is corrected`;
}

/** A value as it stands in a file of settings, as far as a message has room for it. */
function textOf(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT)}…`;
}

/** In characters. */
const MOST_TEXT = 60;
