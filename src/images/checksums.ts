/** The two digests in a `.img.sha256`: SHA-256, lower-case hexadecimal. */
export interface Checksums {
  /** Of the raw image; absent when the file has no line for it. A board does not look at it. */
  readonly raw?: string;
  /** Of the `.img.zst`: the one line a board checks. */
  readonly zst: string;
}

/** Bytes read of a `.img.sha256` at most: two lines of a digest and a name take some 700. */
export const CHECKSUMS_FILE_LIMIT = 64 * 1024;

/** sha256sum(1): the digest, a space, a space or `*` for binary mode, the file's name as it was given. */
const LINE = /^([0-9a-fA-F]{64}) [ *](.+)$/;

/**
 * Reads what `sha256sum <image>.img <image>.img.zst` printed. Undefined when there is no line for `<image>.img.zst`
 * under exactly that name: `sha256sum -c` on the board would look for another file. A carriage return is part of the
 * name there, and so it is here.
 */
export function parseChecksums(text: string, image: string): Checksums | undefined {
  const digests = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, digest, name] = LINE.exec(line) ?? [];
    if (digest !== undefined && name !== undefined) digests.set(name, digest.toLowerCase());
  }
  const zst = digests.get(`${image}.img.zst`);
  const raw = digests.get(`${image}.img`);
  if (zst === undefined) return undefined;
  return raw === undefined ? { zst } : { raw, zst };
}
