import type { Command } from './command.ts';

/** Looks at the images again, and at what they are made of. */
export const refresh: Command = {
  id: 'mkbox.refresh',
  async run({ project, building }) {
    building.current?.lookAgain();
    await project.refresh(true);
  },
};
