import type { NetworkInterfaceInfo } from 'node:os';
import { urlOf } from '../server/socket/server-url.ts';

/**
 * The URLs under which a server bound to `address` can be reached: that address, or, bound to all interfaces
 * (`0.0.0.0`, `::`), one of each interface. Link-local IPv6 addresses are left out: they are of no use without a zone.
 */
export function reachableUrls(
  scheme: 'http' | 'https',
  address: string,
  port: number,
  interfaces: NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address' | 'family'>[]>,
): string[] {
  return boundAddresses(address, interfaces).map((host) => urlOf(scheme, host, port));
}

function boundAddresses(
  address: string,
  interfaces: NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address' | 'family'>[]>,
): string[] {
  if (address !== '0.0.0.0' && address !== '::') return [address];
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => address === '::' || family === 'IPv4')
    .map((info) => info.address)
    .filter((host) => !host.startsWith('fe80:'));
}
