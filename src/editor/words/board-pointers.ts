import type { ImageParts } from '../../images/image-parts.ts';

/**
 * The `update.txt` for a board's boot partition that makes it ask `serverUrl` for the image of `parts`. Empty values
 * leave the board's own in force.
 */
export function updateTxt(serverUrl: string, { box, branch = '', version = '' }: ImageParts): string {
  return [
    `force_update_name=${box}`,
    `force_update_branch=${branch}`,
    `force_update_version=${version}`,
    `force_update_server_http=${serverUrl}`,
    '',
  ].join('\n');
}

/** The TXT records, as lines of a zone file (RFC 1035, section 5), that make the board of `mac` do the same. */
export function dnsTxtRecords(
  serverUrl: string,
  { box, branch = '', version = '' }: ImageParts,
  mac: string,
  domain: string,
): string {
  const owner = `${normalizeMac(mac) ?? mac}.${domain.replace(/\.$/, '')}.`;
  const values = [
    `box_name=${box}`,
    `box_branch=${branch}`,
    `box_version=${version}`,
    `box_update_server=${serverUrl}`,
  ];
  return values.map((value) => `${owner} IN TXT "${value}"\n`).join('');
}

/** A MAC address with dashes in lower case, as boards look themselves up; undefined for anything else. */
export function normalizeMac(text: string): string | undefined {
  const digits = text.trim().toLowerCase().replace(/[:.-]/g, '');
  return /^[0-9a-f]{12}$/.test(digits) ? digits.replace(/(..)(?!$)/g, '$1-') : undefined;
}

/** The path and query of the request that a board of `parts` makes, without a build ID. */
export function updatePath({ box, board, branch, version }: ImageParts): string {
  const parts = Object.entries({ name: box, board, branch, version });
  const query = parts.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`));
  return `/update?${query.join('&')}`;
}

/** `text` as one word for a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
