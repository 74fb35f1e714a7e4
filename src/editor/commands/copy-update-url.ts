import { updatePath } from '../words/board-pointers.ts';
import { copy } from './clipboard.ts';
import type { Command } from './command.ts';
import { partsOf } from './pick-image.ts';
import { imageOf } from './rows.ts';
import { urlForBoards } from './update-request.ts';

/** Copies the URL of the server, or of the request by which a board gets the row's image. */
export const copyUpdateUrl: Command = {
  id: 'mkbox.copyUpdateUrl',
  async run(context, row) {
    const url = await urlForBoards(context.serving);
    if (url === undefined) return;
    const image = imageOf(row);
    await copy(image === undefined ? url : url + updatePath(partsOf(image, context.project, context.checks)));
  },
};
