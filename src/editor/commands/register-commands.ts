import * as vscode from 'vscode';
import type { CommandContext, Row } from './command.ts';

/** Registers the commands of the manifest by their IDs. What each does is read when the first of them runs. */
export function registerCommands(ids: readonly string[], context: CommandContext): vscode.Disposable {
  const run = async (id: string, ...rows: [Row?, Row[]?]) => {
    const { runCommand } = await import('../after-activation.ts');
    await runCommand(id, context, ...rows);
  };
  return vscode.Disposable.from(...ids.map((id) => vscode.commands.registerCommand(id, run.bind(undefined, id))));
}
