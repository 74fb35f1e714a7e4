import type { Command } from './command.ts';

/** Takes the view of changes away. */
export const clearChanges: Command = {
  id: 'mkbox.clearChanges',
  run: async ({ changes }) => (await changes()).clear(),
};

/** Compares again what the view of changes shows. */
export const refreshChanges: Command = {
  id: 'mkbox.refreshChanges',
  run: async ({ changes }) => (await changes()).refresh(),
};

/** Compares the other way round. */
export const swapChanges: Command = {
  id: 'mkbox.swapChanges',
  run: async ({ changes }) => (await changes()).swap(),
};
