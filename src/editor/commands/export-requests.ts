import path from 'node:path';
import * as vscode from 'vscode';
import { requestsJson } from '../export-requests.ts';
import type { Command } from './command.ts';

/** Saves the requests to a file that the user chooses. */
export const exportRequests: Command = {
  id: 'mkbox.exportRequests',
  async run({ requests: log }) {
    await log.load();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const defaultUri = folder && vscode.Uri.file(path.join(folder.uri.fsPath, 'mkbox-requests.json'));
    const target = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Export Requests as JSON'),
      filters: { JSON: ['json'] },
      ...(defaultUri === undefined ? {} : { defaultUri }),
    });
    if (target === undefined) return;
    await vscode.workspace.fs.writeFile(target, Buffer.from(requestsJson(log.requests)));
    await vscode.window.showTextDocument(target);
  },
};
