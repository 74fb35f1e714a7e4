import * as vscode from 'vscode';
import { localUrl } from '../../server/socket/server-url.ts';
import type { Command } from './command.ts';
import { endpointToAsk } from './endpoint-to-ask.ts';

/** Opens the server's status page in the user's browser, wherever that runs. */
export const openStatusPage: Command = {
  id: 'mkbox.openStatusPage',
  async run({ serving }) {
    const endpoint = await endpointToAsk(serving);
    if (endpoint === undefined) return;
    const page = await vscode.env.asExternalUri(vscode.Uri.parse(`${localUrl(endpoint)}/`));
    await vscode.env.openExternal(page);
  },
};
