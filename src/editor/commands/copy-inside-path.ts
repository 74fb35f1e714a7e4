import { copy } from './clipboard.ts';
import type { Command, Row } from './command.ts';
import { insideOf } from './rows.ts';

/** Copies where a file is in its image, as the board names it. */
export const copyInsidePath: Command = {
  id: 'mkbox.copyInsidePath',
  actsOn: (row) => pathOf(row) !== undefined,
  async run(_, row) {
    const path = pathOf(row);
    if (path !== undefined) await copy(path);
  },
};

/** Of a row inside an image, or of a change. */
function pathOf(row: Row | undefined): string | undefined {
  if (typeof row === 'object' && row.kind === 'file change') return row.change.path;
  if (typeof row === 'object' && row.kind === 'change folder') return row.path;
  return insideOf(row)?.path;
}
