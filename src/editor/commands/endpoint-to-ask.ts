import * as vscode from 'vscode';
import type { Serving } from '../serving/serving.ts';
import { type Endpoint, endpointOf } from '../serving-state.ts';

/** Where the server can be asked. Where it can't be, the user may have it start; undefined when they don't. */
export async function endpointToAsk(serving: Serving): Promise<Endpoint | undefined> {
  const { l10n, window, commands } = vscode;
  const endpoint = endpointOf(serving.state);
  if (endpoint !== undefined) return endpoint;
  const serve = l10n.t('Serve Images');
  const answer = await window.showInformationMessage(l10n.t('mkbox: images are not served now.'), serve);
  if (answer === serve) await commands.executeCommand('mkbox.serve');
  return endpointOf(serving.state);
}
