/**
 * What an update server tells programs on the same machine about itself, so that one that finds the port taken can name
 * the holder. Other machines get nothing.
 */
export interface Identity {
  readonly server: 'mkbox';
  readonly version: string;
  /** The name of the workspace whose editor window it runs in; absent for the stand-alone command. */
  readonly workspace?: string;
}

/** IPv4 and IPv6 loopback (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3), and the former as an IPv6 address. */
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** Whether `address`, as a socket has it, is this machine's loopback. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}
