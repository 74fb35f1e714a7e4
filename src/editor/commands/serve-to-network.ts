import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import type { ConsentStore, NetworkConsent } from '../serving/consent.ts';
import { type BindableAddress, bindableAddresses, type InterfaceKind } from '../serving/interfaces.ts';
import type { Serving } from '../serving/serving.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Command } from './command.ts';

interface AddressItem extends vscode.QuickPickItem {
  /** Absent for serving this machine only. */
  readonly consent?: NetworkConsent;
}

/** Lets the user choose an address for boards to reach this machine by, and remembers that they allowed it. */
export const serveToNetwork: Command = {
  id: 'mkbox.serveToNetwork',
  needsTrustedFolder: true,
  async run({ serving, consent, settings }) {
    const { l10n } = vscode;
    const picked = await vscode.window.showQuickPick(addressItems(settings.host.get()), {
      title: l10n.t('Serve to Boards on the Network'),
      placeHolder: l10n.t('The address by which your boards reach this machine'),
    });
    if (picked === undefined) return;
    if (picked.consent !== undefined && !(await confirm(picked.consent, serving.port))) return;
    await serveBy(picked.consent, consent, serving);
  },
};

/**
 * Serves at the address that the user allowed, or to this machine only without one, even if that can't be saved: then
 * they are told that it does not outlast the window.
 */
export async function serveBy(
  choice: NetworkConsent | undefined,
  consent: ConsentStore,
  serving: Serving,
): Promise<void> {
  const kept = choice === undefined ? consent.withdraw() : consent.remember(choice);
  await kept.catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    const text = vscode.l10n.t('mkbox: this could not be saved, and lasts until the window is closed: {0}', why);
    void vscode.window.showWarningMessage(plainMessage(text));
  });
  await serving.restart();
}

/** Asks whether this workspace's images may be read by everyone who reaches the address. */
export async function confirm({ host, address }: NetworkConsent, port: number): Promise<boolean> {
  const { l10n } = vscode;
  const allow = l10n.t('Serve to the Network');
  const workspace = vscode.workspace.name ?? '';
  const where = host === '0.0.0.0' || host === '::' ? l10n.t('any address of this machine') : address;
  const answer = await vscode.window.showWarningMessage(
    plainMessage(l10n.t('Serve the images of {0} to the network?', workspace)),
    {
      modal: true,
      detail: l10n.t(
        'Everyone who can reach {0} on {1} will be able to list and download all images of this workspace, without a password. Nothing else can be read, and nothing can be changed. This is remembered for this workspace.',
        where,
        port === 0 ? l10n.t('a free port') : l10n.t('port {0}', port),
      ),
    },
    allow,
  );
  return answer === allow;
}

function addressItems(setting: string): AddressItem[] {
  const { l10n } = vscode;
  const addresses = bindableAddresses(networkInterfaces());
  const [best] = addresses;
  const reachable = addresses.filter(({ kind }) => kind !== 'loopback');
  const items: AddressItem[] = reachable.map(({ address, interfaceName, kind }) => ({
    label: `$(broadcast) ${address}`,
    description: [interfaceName, ...kindText(kind)].join(' · '),
    consent: { host: address, address, setting },
  }));
  if (best !== undefined && reachable.length > 0) items.push(allItem(best, setting));
  items.push({
    label: `$(vm) ${l10n.t('This machine only')}`,
    description: '127.0.0.1',
    detail: l10n.t('Boards on the network cannot connect.'),
  });
  return items;
}

function allItem(best: BindableAddress, setting: string): AddressItem {
  return {
    label: `$(globe) ${vscode.l10n.t('All addresses')}`,
    description: '0.0.0.0',
    detail: vscode.l10n.t('Including those of VPNs, containers and networks joined later.'),
    consent: { host: '0.0.0.0', address: best.address, setting },
  };
}

function kindText(kind: InterfaceKind): string[] {
  switch (kind) {
    case 'vpn':
      return [vscode.l10n.t('VPN: rarely has boards')];
    case 'container':
      return [vscode.l10n.t('containers or virtual machines: rarely have boards')];
    case 'wsl':
      return [vscode.l10n.t('WSL: rarely has boards')];
    default:
      return [];
  }
}
