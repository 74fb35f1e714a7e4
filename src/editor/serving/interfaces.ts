import type { NetworkInterfaceInfo } from 'node:os';
import { isAllAddresses } from './listen-host.ts';

/** The kind of network behind an interface, as far as its name tells. */
export type InterfaceKind = 'loopback' | 'network' | 'vpn' | 'container' | 'wsl';

/** An IPv4 address that boards might reach this machine by. */
export interface BindableAddress {
  readonly address: string;
  readonly interfaceName: string;
  readonly kind: InterfaceKind;
}

/** The names of interfaces that no board on the bench is behind. */
const KINDS: readonly [pattern: RegExp, kind: InterfaceKind][] = [
  [/wsl/i, 'wsl'],
  [/^(docker|br-|veth|cni|flannel|cali|podman|virbr|lxc|lxd|vmnet|vboxnet)|vethernet|virtualbox|vmware/i, 'container'],
  [/^(tun|tap|wg|ppp|utun|tailscale|zt|ipsec|nordlynx)|vpn|wireguard|tailscale|zerotier/i, 'vpn'],
];

/**
 * The IPv4 addresses of this machine, those of real networks first. Boards take their address from an initramfs by
 * DHCP, which is IPv4.
 */
export function bindableAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): BindableAddress[] {
  const order: readonly InterfaceKind[] = ['network', 'vpn', 'wsl', 'container', 'loopback'];
  return Object.entries(interfaces)
    .flatMap(([interfaceName, infos = []]) =>
      infos
        .filter((info) => info.family === 'IPv4')
        .map(({ address, internal }) => ({ address, interfaceName, kind: kindOf(interfaceName, internal) })),
    )
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/**
 * The address given to boards for a server that listens on `host`: that one or, if it stands for all addresses,
 * `chosen` if it is among `addresses`, else the likeliest of them.
 */
export function toldAddress(host: string, chosen: string | undefined, addresses: readonly BindableAddress[]): string {
  if (!isAllAddresses(host)) return host;
  const [best] = addresses;
  const told = addresses.find(({ address }) => address === chosen) ?? best;
  return told?.address ?? '127.0.0.1';
}

function kindOf(name: string, internal: boolean): InterfaceKind {
  if (internal) return 'loopback';
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'network';
}
