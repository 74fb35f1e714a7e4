import * as vscode from 'vscode';
import type { CommandContext } from './command.ts';

/** Registers the commands of the manifest by their IDs. What each does is read when the first of them runs. */
export function registerCommands(ids: readonly string[], context: CommandContext): vscode.Disposable {
  const run = async (id: string, row?: unknown, selected?: unknown) => {
    const { runCommand } = await import('../after-activation.ts');
    await runCommand(id, context, row, Array.isArray(selected) ? selected : undefined);
  };
  return vscode.Disposable.from(...ids.map((id) => vscode.commands.registerCommand(id, run.bind(undefined, id))));
}
