import * as vscode from 'vscode';
import { endpointOf } from '../serving-state.ts';
import { namesIn } from '../words/board-name.ts';
import { namedFault } from '../words/named-fault.ts';
import { serveToNetworkTitle } from '../words/remedies.ts';
import { type Situation, statusOf, type Unseen } from '../words/status-words.ts';
import type { Command } from './command.ts';

interface Action extends vscode.QuickPickItem {
  readonly command?: string;
}

/** What a click on the status bar item offers: first what it shows, last what ends that. */
export const showActions: Command = {
  id: 'mkbox.showActions',
  async run({ serving, requests, boards }) {
    const { state } = serving;
    const { sending, unseen } = requests;
    const fault = namedFault(serving.faults?.current, boards.list);
    const situation = { state, sending, unseen, ...namesIn(boards), fault };
    const { label } = statusOf(situation, vscode.l10n, vscode.env.language);
    const stopFault = { label: `$(bug) ${vscode.l10n.t('Stop the Fault')}`, command: 'mkbox.stopFault' };
    const actions = [...(fault === undefined ? [] : [stopFault]), ...actionsFor(situation)];
    const picked = await vscode.window.showQuickPick(actions, { title: 'mkbox', placeHolder: label });
    requests.markSeen();
    if (picked?.command !== undefined) await vscode.commands.executeCommand(picked.command);
  },
};

function actionsFor({ state, sending, unseen, nameOf }: Situation): Action[] {
  const { l10n } = vscode;
  const action = (icon: string, label: string, command: string): Action => ({ label: `$(${icon}) ${label}`, command });
  const separator: Action = { label: '', kind: vscode.QuickPickItemKind.Separator };
  const serve = action('play', l10n.t('Serve Images'), 'mkbox.serve');
  const stop = action('debug-stop', l10n.t('Stop Serving'), 'mkbox.stop');
  const once = action('target', l10n.t('Serve One Update'), 'mkbox.serveOneUpdate');
  const network = action('broadcast', serveToNetworkTitle(l10n), 'mkbox.serveToNetwork');
  const show = [
    action('circuit-board', l10n.t('Show Boards'), 'mkbox.boards.focus'),
    action('list-unordered', l10n.t('Show Requests'), 'mkbox.requests.focus'),
    action('output', l10n.t('Show Log'), 'mkbox.showLog'),
  ];
  const page = action('browser', l10n.t('Open Status Page'), 'mkbox.openStatusPage');
  const copy = [
    action('link', l10n.t('Copy Update URL'), 'mkbox.copyUpdateUrl'),
    action('terminal', l10n.t('Copy curl Command'), 'mkbox.copyCurl'),
  ];
  if (!vscode.workspace.isTrusted) {
    return [action('shield', l10n.t('Manage Workspace Trust'), 'workbench.trust.manage'), ...show];
  }
  if (state.kind === 'draining') {
    const now = action('debug-disconnect', l10n.t('Stop Now'), 'mkbox.stopNow');
    return [now, state.next === 'stopped' ? serve : stop, separator, ...show];
  }
  const cancel = action('discard', l10n.t('Cancel the One Update and Serve All Images'), 'mkbox.serve');
  const armed = state.kind === 'one-shot' ? [cancel] : [];
  const downloads = sending.length === 1 ? l10n.t('Show 1 Download') : l10n.t('Show {0} Downloads', sending.length);
  const why = unseen && whyAction(unseen, nameOf(unseen.transfer));
  const shown = [
    ...(why === undefined ? [] : [why]),
    ...(sending.length === 0 ? [] : [action('cloud-download', downloads, 'mkbox.requests.focus')]),
  ];
  const first = [...shown, ...armed];
  const begin = first.length === 0 ? [] : [...first, separator];
  if (endpointOf(state) === undefined) return [...begin, serve, once, network, separator, ...show];
  const other = state.kind === 'one-shot' ? [network] : [once, network];
  return [...begin, ...other, separator, ...copy, ...show, page, separator, stop];
}

function whyAction({ transfer }: Unseen, name: string): Action {
  const { l10n } = vscode;
  return transfer.state.kind === 'refused'
    ? { label: `$(question) ${l10n.t('Why {0} Got Nothing', name)}`, command: 'mkbox.showWhy' }
    : { label: `$(question) ${l10n.t('Show the Request of {0}', name)}`, command: 'mkbox.requests.focus' };
}
