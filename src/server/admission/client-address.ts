import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type Networks, plainAddress } from './networks.ts';

/** A client without an address, or for which a believed proxy gave none: it is in no network, and never this machine. */
const STRANGER = 'unknown';

/** An address as some proxies write it: in quotes, with a port, an IPv6 one in brackets. */
const WRITTEN_ADDRESS = /^"?(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?"?$/;

/**
 * The client's address: the connection's other end or, where that is a believed proxy, the last address in
 * `X-Forwarded-For` that is no such proxy. Each proxy appends the address that asked it, and anyone could have written
 * what stands before that. Where an entry can't be read, the client is a stranger.
 */
export function clientAddress({ socket, headers }: IncomingMessage, proxies: Networks): string {
  let client = plainAddress(socket.remoteAddress ?? STRANGER);
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined || !proxies.includes(client)) return client;
  const chain = (typeof forwarded === 'string' ? forwarded : forwarded.join(',')).split(',');
  for (const entry of chain.toReversed()) {
    client = readAddress(entry.trim());
    if (!proxies.includes(client)) return client;
  }
  return client;
}

/** Whether a believed proxy passed a request on for its client. */
export function isPassedOn({ socket, headers }: IncomingMessage, proxies: Networks): boolean {
  return headers['x-forwarded-for'] !== undefined && proxies.includes(plainAddress(socket.remoteAddress ?? ''));
}

function readAddress(entry: string): string {
  const [, v6, v4] = WRITTEN_ADDRESS.exec(entry) ?? [];
  const address = plainAddress(v6 ?? v4 ?? entry);
  return isIP(address) === 0 ? STRANGER : address;
}
