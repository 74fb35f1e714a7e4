import { networkInterfaces } from 'node:os';

const addresses = Object.values(networkInterfaces()).flatMap((infos = []) => infos.map(({ address }) => address));

/** For a test that asks at `::1`: why it is skipped; false where this machine has IPv6, which containers often have not. */
export const WITHOUT_IPV6 = !addresses.includes('::1') && 'this machine has no IPv6';
