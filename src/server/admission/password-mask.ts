/** A URL's user and password (RFC 3986, section 3.2.1), wherever in a text a URL stands. */
const USER_INFO = /(:\/\/[^/?#&:@]*:)[^/?#&]*@/g;

/**
 * A request target that shows no password. A board whose update.txt names nothing but a server takes that server's URL
 * for its query, with the password in it; targets are logged, and shown to people.
 */
export function withoutPassword(target: string): string {
  return target.includes('@') ? target.replace(USER_INFO, '$1***@') : target;
}
