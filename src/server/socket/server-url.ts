import { isIPv6 } from 'node:net';

/** The URL of an address and a port, which a browser would take. */
export function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Where a server listens. */
interface Listening {
  readonly host: string;
  readonly port: number;
}

/** The URL at which this machine reaches a server bound to `host`; an address that stands for all becomes loopback. */
export function localUrl({ host, port }: Listening, scheme: 'http' | 'https' = 'http'): string {
  return urlOf(scheme, host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port);
}
