import type * as vscode from 'vscode';

/** What a view shows above its rows, and beside its title; nothing where it is empty. */
export interface Heading {
  readonly message: string;
  readonly description: string;
}

/** Shows a heading, though it is drawn often: only what changed is sent to the editor. */
export function showHeading(view: vscode.TreeView<unknown>, { message, description }: Heading): void {
  if ((view.message ?? '') !== message) view.message = message;
  if ((view.description ?? '') !== description) view.description = description;
}
