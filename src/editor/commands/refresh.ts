import type { Command } from './command.ts';

export const refresh: Command = { id: 'mkbox.refresh', run: ({ project }) => project.refresh(true) };
