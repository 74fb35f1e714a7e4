import type { Command } from './command.ts';

/** Stops once the running transfers have ended. */
export const stop: Command = { id: 'mkbox.stop', run: ({ serving }) => serving.stop() };

export const stopNow: Command = { id: 'mkbox.stopNow', run: ({ serving }) => serving.stop(0) };
