import { showSetting } from '../show-setting.ts';
import { IN_THE_EDITOR } from '../words/remedies.ts';
import type { Command, Row } from './command.ts';

/** Opens the setting by which a row's images would be served: where they lie in the wrong folder, in none, or behind a link. */
export const openRowSetting: Command = {
  id: 'mkbox.openRowSetting',
  actsOn: (row) => settingOf(row) !== undefined,
  async run(_, row) {
    const setting = settingOf(row);
    if (setting !== undefined) await showSetting(setting);
  },
};

/** No setting helps with a link that leads nowhere. */
function settingOf(row: Row | undefined): string | undefined {
  if (typeof row !== 'object') return undefined;
  if (row.kind === 'wrong path') return IN_THE_EDITOR.imagePath;
  if (row.kind !== 'skipped') return undefined;
  if (typeof row.skipped === 'string') return IN_THE_EDITOR.imagePath;
  return row.skipped.target === undefined ? undefined : IN_THE_EDITOR.followLinks;
}
