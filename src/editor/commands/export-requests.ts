import path from 'node:path';
import * as vscode from 'vscode';
import { requestsJson } from '../export-requests.ts';
import type { RequestLog } from '../views/request-log.ts';

/** Saves the requests where the user says. */
export async function exportRequests({ requests }: RequestLog): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const defaultUri = folder && vscode.Uri.file(path.join(folder.uri.fsPath, 'mkbox-requests.json'));
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Requests as JSON'),
    filters: { JSON: ['json'] },
    ...(defaultUri === undefined ? {} : { defaultUri }),
  });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, Buffer.from(requestsJson(requests)));
  await vscode.window.showTextDocument(target);
}
