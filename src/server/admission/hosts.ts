import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * RFC 9112, section 3.2 with RFC 3986, sections 3.2.2 and 3.2.3: a name, an IPv4 address or an IPv6 one in brackets, and a
 * port, which may be empty. A link-local one may have its zone (RFC 4007, section 11), which some clients send.
 */
const HOST_HEADER =
  /^(?:\[([0-9a-f:.]+|fe[89ab][0-9a-f]:[0-9a-f:.]*%[\w.-]+)\]|([a-z0-9_](?:[a-z0-9_.-]*)))(?::\d{0,5})?$/i;

/** Names that no public zone can answer for: RFC 6761, RFC 6762, RFC 8375, and two in wide private use. */
const PRIVATE_SUFFIXES = ['.local', '.lan', '.internal', '.home.arpa', '.test', '.localhost'];

/**
 * The host in a `Host` header, in lower case, without port, brackets, zone and a final dot; undefined when it is malformed.
 */
export function parseHost(header: string): string | undefined {
  const [, v6, name] = HOST_HEADER.exec(header) ?? [];
  if (v6 !== undefined) return isIP(v6) === 6 ? v6.toLowerCase().replace(/%.*/, '') : undefined;
  return name?.toLowerCase().replace(/\.$/, '');
}

/** What a `Host` header is: one of our names, malformed, or a name that anyone could own. */
export type HostVerdict = 'allowed' | 'malformed' | 'foreign';

/**
 * The names we answer to. A web page can make a name of its own resolve to us (DNS rebinding) and read our answers as
 * if they were its own, so names that anyone on the internet could own are refused unless the user allows them.
 */
export class HostAllowList {
  readonly #all: boolean;
  readonly #names: ReadonlySet<string>;
  readonly #suffixes: readonly string[];
  /** Boards that ask in turn use the same name. */
  #lastAllowed: string | undefined;

  /** `allowed`: names as the user gives them; `.example.org` or `*.example.org` for all below a domain, `*` for any. */
  constructor(allowed: readonly string[]) {
    const names = allowed.map((name) => name.toLowerCase().replace(/^\*\./, '.'));
    this.#all = names.includes('*');
    this.#names = new Set([hostname().toLowerCase(), ...names]);
    this.#suffixes = [...PRIVATE_SUFFIXES, ...names.filter((name) => name.startsWith('.'))];
  }

  /** Whether a request with that `Host` header is answered, or why it is not. */
  check(header: string): HostVerdict {
    if (header === this.#lastAllowed) return 'allowed';
    const host = parseHost(header);
    if (host === undefined) return 'malformed';
    if (!this.allows(host)) return 'foreign';
    this.#lastAllowed = header;
    return 'allowed';
  }

  /** Whether a request that calls us `host` (see `parseHost`) is answered. */
  allows(host: string): boolean {
    if (this.#all || isIP(host) !== 0 || !host.includes('.') || this.#names.has(host)) return true;
    return this.#suffixes.some((suffix) => host.endsWith(suffix));
  }
}
