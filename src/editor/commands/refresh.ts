import type { Command } from './command.ts';

/** Looks for image folders again, at the images in them, and at what they are made of. */
export const refresh: Command = {
  id: 'mkbox.refresh',
  async run({ project, building }) {
    building.current?.lookAgain();
    await project.locate();
    await project.refresh(true);
  },
};
