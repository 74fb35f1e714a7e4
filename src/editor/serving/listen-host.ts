import { isLoopback } from '../../server/admission/identity.ts';

/** Whether only this machine can reach a server bound to `host`. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}

/** Whether a server bound to `host` listens on all addresses of this machine. */
export function isAllAddresses(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
