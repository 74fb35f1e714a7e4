import { copy } from './clipboard.ts';
import type { Command } from './command.ts';

export const copyDetail: Command = {
  id: 'mkbox.copyDetail',
  actsOn: (row) => typeof row === 'object' && 'detail' in row,
  async run(_, row) {
    if (typeof row === 'object' && 'detail' in row) await copy(row.detail.value);
  },
};
