import * as vscode from 'vscode';

/** A step of the walkthrough that a command does, by the context key that the manifest has for it. */
type Step = 'hasCopiedDemo' | 'hasTriedAsBoard' | 'hasPointedBoard';

/** Marks a step of the walkthrough as done: a command that was cancelled, or failed, does not come here. */
export async function completeStep(step: Step): Promise<void> {
  await vscode.commands.executeCommand('setContext', `mkbox.${step}`, true);
}
