import type { Command } from './command.ts';

/** Takes the fault on purpose off; the request that it holds up goes on. */
export const stopFault: Command = { id: 'mkbox.stopFault', run: ({ serving }) => serving.faults?.disarm() };
