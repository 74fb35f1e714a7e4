import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { UserError } from '../../errors.ts';
import { parseHost } from './hosts.ts';
import { withoutPassword } from './password-mask.ts';

/** What stands before the host in a URL: a scheme, and a user with a password (RFC 3986, section 3). */
const BEFORE_HOST = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#]*@)?/i;

const PATH = /[/?#].*$/s;

const PORT = /:\d{0,5}$/;

/** All names below a domain. */
const BELOW = /^\*?\./;

const ASCII = /^[\x20-\x7e]*$/;

/**
 * What a person means by an entry of a list of the server's names, as `HostAllowList` compares it: of a URL the host,
 * without a port and a final dot, and in Punycode, as clients send it.
 * @throws UserError when that is no name.
 */
export function readHostName(entry: string): string {
  const host = entry.replace(BEFORE_HOST, '').replace(PATH, '');
  if (isIP(host) !== 0) return host.toLowerCase();
  const withoutPort = host.replace(PORT, '');
  if (withoutPort === '*') return withoutPort;
  const name = withoutPort.replace(BELOW, '');
  const known = parseHost(ASCII.test(name) ? name : domainToASCII(name));
  if (known === undefined) {
    throw new UserError(
      `${JSON.stringify(withoutPassword(entry))} is no name; write update.example.org, .example.org for all names below it, or *`,
    );
  }
  return BELOW.test(withoutPort) ? `.${known}` : known;
}
