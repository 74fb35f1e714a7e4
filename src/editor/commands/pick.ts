import * as vscode from 'vscode';
import { plainMessage } from '../words/plain-message.ts';

/** What the user is asked for, and what to say where there is no choice. */
interface Question {
  readonly title: string;
  readonly placeHolder: string;
  readonly none: string;
}

/** `choices`, those first that are selected in their view: who asks from the palette most likely means them. */
export function selectedFirst<T>(choices: readonly T[], isSelected: (choice: T) => boolean): T[] {
  return [...choices.filter(isSelected), ...choices.filter((choice) => !isSelected(choice))];
}

/** Lets the user pick one of `choices`, as `itemOf` shows them; undefined when they don't, or when there is none. */
export async function pick<T>(
  choices: readonly T[],
  itemOf: (choice: T) => vscode.QuickPickItem,
  { title, placeHolder, none }: Question,
): Promise<T | undefined> {
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(plainMessage(none));
    return undefined;
  }
  const items = choices.map((choice) => ({ ...itemOf(choice), choice }));
  const options = { title, placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.choice;
}
