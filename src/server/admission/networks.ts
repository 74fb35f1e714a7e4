import { BlockList, isIP, isIPv4 } from 'node:net';
import { UserError } from '../../errors.ts';

/** A set of addresses, given as single ones and as networks (CIDR, RFC 4632 and RFC 4291). */
export class Networks {
  readonly #addresses = new BlockList();
  readonly #isEmpty: boolean;

  /** @throws UserError for an entry that is neither an address nor `<address>/<bits>`. */
  constructor(entries: readonly string[]) {
    this.#isEmpty = entries.length === 0;
    for (const entry of entries) this.#add(entry);
  }

  /** Whether `address` is one of them; an IPv4 address counts in its IPv6 form (`::ffff:10.0.0.1`), too. */
  includes(address: string): boolean {
    if (this.#isEmpty) return false;
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#addresses.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }

  #add(entry: string): void {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === 0 || rest.length > 0 || !(prefix <= most)) {
      throw new UserError((words) =>
        words.t('{0} is no address or network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8', JSON.stringify(entry)),
      );
    }
    this.#addresses.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** An address as people write it: IPv4 without the IPv6 prefix that a socket for both gives it, no zone. */
export function plainAddress(address: string): string {
  if (!address.includes(':')) return address;
  const [plain = ''] = address.split('%');
  return plain.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
