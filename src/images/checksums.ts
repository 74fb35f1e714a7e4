/** The two digests in a `.img.sha256`: SHA-256, lower-case hexadecimal. */
export interface Checksums {
  /** Of the raw image; absent when the file has no line for it. A board does not look at it. */
  readonly raw?: string;
  /** Of the `.img.zst`: the one line a board checks. */
  readonly zst: string;
}

/** Why a board could not check an image by a `.img.sha256`. Lines are counted from 1. */
export type ChecksumsFault =
  /** No line is about an `.img.zst`. `name`: the file that one should be about. */
  | { readonly kind: 'no line'; readonly name: string }
  /** The file is in UTF-16, as PowerShell writes it. */
  | { readonly kind: 'UTF-16' }
  | { readonly kind: 'byte order mark' | 'Windows line end' | 'BSD form' | 'capitals' | 'form'; readonly line: number }
  /** The digest has `digits`, and not 64. */
  | { readonly kind: 'digest'; readonly line: number; readonly digits: number }
  /** It gives the file with a folder, under which a board has no file. */
  | { readonly kind: 'folder'; readonly line: number; readonly name: string }
  /** It is about another file, which a board does not have: not `expected`. */
  | { readonly kind: 'other name'; readonly line: number; readonly name: string; readonly expected: string }
  /** It has another digest for the same file than a line before. */
  | { readonly kind: 'two digests'; readonly line: number }
  /** It has no digest at all. */
  | { readonly kind: 'no checksum'; readonly line: number };

/** Bytes read of a `.img.sha256` at most: two lines of a digest and a name take some 700. */
export const CHECKSUMS_FILE_LIMIT = 64 * 1024;

/** sha256sum(1): the digest, a space, a space or `*` for binary mode, the file's name as it was given. */
const LINE = /^([0-9a-fA-F]{64}) [ *](.+)$/;

/** A line of which people would say the same, and busybox would not. */
const LOOSE_LINE = /^[\s\\]*([0-9a-fA-F]{8,})[ \t]/;

const BSD_LINE = /^\w+ ?\((.+)\) ?= ?[0-9a-fA-F]+/;

/** The lines that a board checks: `grep ".img.zst"`, in which a dot is any character. */
const CHECKED_BY_BOARDS = /.img.zst/;

/** The folder that files are in: boards take a name that begins so for the file itself. */
const HERE = /^(?:\.\/+)*/;

/**
 * Reads what `sha256sum <image>.img <image>.img.zst` printed; or tells why a board could not check it: it takes all lines
 * about an `.img.zst`, and each must be of `<image>.img.zst` under exactly that name (`./` before it does no harm) and have
 * its digest in lower case, which is how busybox compares. A carriage return is part of the name there, and so it is here.
 */
export function parseChecksums(text: string, image: string): Checksums | ChecksumsFault {
  if (text.includes('\0')) return { kind: 'UTF-16' };
  const name = `${image}.img.zst`;
  const lines = text.split('\n');
  let zst: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (!CHECKED_BY_BOARDS.test(line)) continue;
    const digest = digestOf(line, name);
    if (digest === undefined || digest !== digest.toLowerCase()) return faultOf(line, index + 1, name);
    if (zst !== undefined && zst !== digest) return { kind: 'two digests', line: index + 1 };
    zst = digest;
  }
  if (zst === undefined) return { kind: 'no line', name };
  const raw = lines.map((line) => digestOf(line, `${image}.img`)).findLast((found) => found !== undefined);
  return raw === undefined ? { zst } : { raw: raw.toLowerCase(), zst };
}

/** The digest that `line` gives the file `name`; undefined when it is no such line. */
function digestOf(line: string, name: string): string | undefined {
  const [, digest, file] = LINE.exec(line) ?? [];
  return file?.replace(HERE, '') === name ? digest : undefined;
}

/** What keeps a board from checking the file `name` by `line`, which is not the one it should be. */
function faultOf(text: string, line: number, name: string): ChecksumsFault {
  if (text.startsWith('\uFEFF')) return { kind: 'byte order mark', line };
  if (text.endsWith('\r')) return { kind: 'Windows line end', line };
  if (BSD_LINE.test(text)) return { kind: 'BSD form', line };
  const [, digest] = LOOSE_LINE.exec(text) ?? [];
  if (digest === undefined) return { kind: 'no checksum', line };
  if (digest.length !== 64) return { kind: 'digest', line, digits: digest.length };
  const file = LINE.exec(text)?.[2]?.replace(HERE, '');
  if (file === undefined || (file.trim() === name && file !== name)) return { kind: 'form', line };
  if (/[/\\]/.test(file) && file.split(/[/\\]/).at(-1) === name) return { kind: 'folder', line, name: file };
  return file === name ? { kind: 'capitals', line } : { kind: 'other name', line, name: file, expected: name };
}
