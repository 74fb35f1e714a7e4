import type { Command } from './command.ts';

export const serve: Command = {
  id: 'mkbox.serve',
  needsTrustedFolder: true,
  run: ({ serving }) => serving.serve({ kind: 'all' }),
};

export const restart: Command = {
  id: 'mkbox.restart',
  needsTrustedFolder: true,
  run: ({ serving }) => serving.restart(),
};
