import * as vscode from 'vscode';

/** Puts `text` on the clipboard, and shows its first line for a moment. */
export async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  const [firstLine = ''] = text.split('\n', 1);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', firstLine), 4_000);
}
