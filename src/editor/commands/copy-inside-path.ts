import { copy } from './clipboard.ts';
import type { Command } from './command.ts';
import { insideOf } from './rows.ts';

/** Copies where a file is in its image, as the board names it. */
export const copyInsidePath: Command = {
  id: 'mkbox.copyInsidePath',
  async run(_, row) {
    const place = insideOf(row);
    if (place !== undefined) await copy(place.path);
  },
};
