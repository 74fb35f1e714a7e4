import { hash, timingSafeEqual } from 'node:crypto';
import { UserError } from '../../errors.ts';

/** How a request authenticates: not at all, malformed, with a wrong password, or right. */
export type Proof = 'absent' | 'malformed' | 'wrong' | 'right';

/** RFC 7617, section 2: the scheme in any case, and user and password in base64. */
const BASIC = /^basic +([a-z0-9+/]+={0,2}) *$/i;

/** RFC 7617, section 2: neither the user nor the password holds control characters. */
const CONTROL = /\p{Cc}/u;

/** How hashes of passwords begin: crypt(5), and those of htpasswd and LDAP (RFC 2307). */
const HASH = /^(?:\$(?:apr1|1|2[abxy]?|5|6|7|y|gy|argon2[a-z]*)\$|\{S?SHA\})/;

/** Blanks at either end, or beside the colon. */
const STRAY_BLANK = /^\s|^[^:]*\s:|^[^:]*:\s|\s$/;

/** The replacement character, which stands for bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * The users that may ask. Only SHA-256 digests of their passwords are kept. One user may have several, so that a
 * password can be changed while boards still have the old one.
 */
export class Credentials {
  readonly #digests: readonly Buffer[];

  /**
   * `pairs`: `user:password` each; a user's name contains no colon, a password may. With none, nobody may ask.
   * @throws UserError that says what is wrong with one of them, and never shows it.
   */
  constructor(pairs: readonly string[]) {
    this.#digests = pairs.map((pair) => {
      const problem = pairProblem(pair);
      if (problem !== undefined) throw new UserError(problem);
      return digestOf(pair);
    });
  }

  /**
   * Checks the value of an `Authorization` header. It is compared with every pair to the end, so that the time taken
   * reveals neither who the users are nor how much of a password was right.
   */
  check(authorization: string | undefined): Proof {
    if (authorization === undefined) return 'absent';
    const [, base64] = BASIC.exec(authorization) ?? [];
    if (base64 === undefined) return 'malformed';
    const pair = Buffer.from(base64, 'base64').toString();
    if (!pair.includes(':')) return 'malformed';
    const digest = digestOf(pair);
    let matches = 0;
    for (const known of this.#digests) matches += timingSafeEqual(digest, known) ? 1 : 0;
    return matches > 0 ? 'right' : 'wrong';
  }
}

/** Why `pair` is no `user:password`, without showing it; undefined where it is one. */
export function pairProblem(pair: string): string | undefined {
  const colon = pair.indexOf(':');
  if (colon < 0) return 'there is no colon between a user and a password';
  if (colon === 0) return 'there is no user before the colon';
  if (colon === pair.length - 1) return 'there is no password after the colon';
  if (HASH.test(pair.slice(colon + 1)))
    return 'the password is a hash, as htpasswd writes it; write the password itself';
  if (pair.includes(REPLACEMENT)) return 'it is not UTF-8';
  if (CONTROL.test(pair)) return 'it holds a control character';
  return undefined;
}

/** What is likely to be a slip in a `user:password` that counts as it stands; undefined where nothing is. */
export function pairWarning(pair: string): string | undefined {
  return STRAY_BLANK.test(pair)
    ? 'a blank at an end or beside the colon counts as part of the name or password'
    : undefined;
}

/** RFC 7617, section 2.1: in UTF-8, normalised to NFC, however the accents were typed. */
function digestOf(pair: string): Buffer {
  return hash('sha256', pair.normalize('NFC'), 'buffer');
}
