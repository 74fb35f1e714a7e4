import type { Command } from './command.ts';
import { imageOf } from './rows.ts';

export const serve: Command = {
  id: 'mkbox.serve',
  needsTrust: true,
  run: ({ serving }) => serving.serve({ kind: 'all' }),
};

export const serveOneUpdate: Command = {
  id: 'mkbox.serveOneUpdate',
  needsTrust: true,
  run: ({ serving }) => serving.serve({ kind: 'once' }),
};

export const serveImageOnce: Command = {
  id: 'mkbox.serveImageOnce',
  needsTrust: true,
  async run({ serving }, row) {
    const image = imageOf(row);
    if (image !== undefined) await serving.serve({ kind: 'once', only: image.id });
  },
};

export const restart: Command = {
  id: 'mkbox.restart',
  needsTrust: true,
  run: ({ serving }) => serving.restart(),
};
