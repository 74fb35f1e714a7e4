import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type Networks, plainAddress } from './networks.ts';

/**
 * The address of the client that asks: the connection's other end, or, where that is a proxy that is believed, the last
 * address in `X-Forwarded-For` that is none: each proxy appends whom it was asked by, and what stands before a believed
 * proxy's entry could have been written by anyone.
 */
export function clientAddress({ socket, headers }: IncomingMessage, proxies: Networks): string {
  let client = plainAddress(socket.remoteAddress ?? 'unknown');
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined || !proxies.includes(client)) return client;
  const chain = (typeof forwarded === 'string' ? forwarded : forwarded.join(',')).split(',');
  for (const entry of chain.toReversed()) {
    const address = plainAddress(entry.trim());
    if (isIP(address) === 0) return client;
    client = address;
    if (!proxies.includes(client)) return client;
  }
  return client;
}
