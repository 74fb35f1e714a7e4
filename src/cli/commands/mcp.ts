import type { Command } from 'commander';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/** `update-server mcp`: answers a client of the Model Context Protocol on standard input and output, until it leaves. */
export function mcpCommand({ settings }: CommandContext): Command {
  return subcommand(
    'mcp',
    'Answers language models, by the Model Context Protocol on standard input and output.',
  ).action(async () => {
    const given = settings();
    const { answerModels } = await import('../mcp-server.ts'); // the protocol's SDK is needed nowhere else
    await answerModels(given);
  });
}
