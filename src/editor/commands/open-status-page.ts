import * as vscode from 'vscode';
import { localUrl } from '../../server/socket/server-url.ts';
import type { Serving } from '../serving/serving.ts';
import { endpointToAsk } from './endpoint-to-ask.ts';

/** Opens the server's status page in the user's browser, wherever that runs. */
export async function openStatusPage(serving: Serving): Promise<void> {
  const endpoint = await endpointToAsk(serving);
  if (endpoint === undefined) return;
  const page = await vscode.env.asExternalUri(vscode.Uri.parse(`${localUrl(endpoint)}/`));
  await vscode.env.openExternal(page);
}
