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

/** The lines that a board checks: `grep ".img.zst"`, in which a dot is any character. */
const CHECKED_BY_BOARDS = /.img.zst/;

/**
 * Reads what `sha256sum <image>.img <image>.img.zst` printed. Undefined when a board could not check it: it takes all lines
 * about an `.img.zst`, and each must be of `<image>.img.zst` under exactly that name and have its digest in lower case,
 * which is how busybox compares. A carriage return is part of the name there, and so it is here.
 */
export function parseChecksums(text: string, image: string): Checksums | undefined {
  const lines = text.split('\n');
  const zst = new Set(
    lines.filter((line) => CHECKED_BY_BOARDS.test(line)).map((line) => digestOf(line, `${image}.img.zst`)),
  );
  const [digest, ...others] = zst;
  if (digest === undefined || others.length > 0 || digest !== digest.toLowerCase()) return undefined;
  const raw = lines.map((line) => digestOf(line, `${image}.img`)).findLast((found) => found !== undefined);
  return raw === undefined ? { zst: digest } : { raw: raw.toLowerCase(), zst: digest };
}

/** The digest that `line` gives the file `name`; undefined when it is no such line. */
function digestOf(line: string, name: string): string | undefined {
  const [, digest, file] = LINE.exec(line) ?? [];
  return file === name ? digest : undefined;
}
