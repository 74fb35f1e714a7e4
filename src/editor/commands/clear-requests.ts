import type { Command } from './command.ts';

export const clearRequests: Command = { id: 'mkbox.clearRequests', run: ({ requests }) => requests.clear() };
