import { ENGLISH, type Words } from '../words.ts';

/** What a board asks for by parts. `branch` and `version` are never empty strings: empty counts as absent. */
export interface ImageQuery {
  readonly name: string;
  readonly board: string;
  readonly branch?: string;
  readonly version?: string;
}

/** Branches a box may have been built from when the board names none, in the order they are tried. */
const DEFAULT_BRANCHES = ['master', 'main'];

/**
 * The image names that answer `query`, best first: `N-B-R[-V]` with a branch; without one `N-B-master[-V]`,
 * `N-B-main[-V]`, and then `N-B[-V]`, the name that mkbox's default build gives.
 */
export function candidateImages(query: ImageQuery): string[] {
  const version = query.version === undefined ? [] : [query.version];
  const named = (...branch: string[]) => [query.name, query.board, ...branch, ...version].join('-');
  if (query.branch !== undefined) return [named(query.branch)];
  return [...DEFAULT_BRANCHES.map((branch) => named(branch)), named()];
}

/** The three files of an image set by their roles, in the order mkbox builds them. */
export const SET_FILES = { buildId: '.img.buildID', zst: '.img.zst', checksums: '.img.sha256' } as const;

/** The image a file of a set belongs to: `docker-box-pi` for `docker-box-pi.img.zst`; undefined for any other file. */
export function imageOfSetFile(fileName: string): string | undefined {
  for (const suffix of Object.values(SET_FILES)) {
    if (fileName.length > suffix.length && fileName.endsWith(suffix)) return fileName.slice(0, -suffix.length);
  }
  return undefined;
}

/**
 * Whether `name` can stand in a line of `/list`, a URL and a tar: no control characters (C0, DEL, C1), and no
 * replacement character, which is what bytes that are not UTF-8 turn into when a folder is read.
 */
export function isPublishableName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[\p{Cc}\uFFFD\u2028\u2029/\\]/u.test(name);
}

/**
 * Why no board can ask for an image of that name, in which box, board, branch and version stand as boards send them, if so:
 * their curl, which is run without options, refuses blanks, takes brackets and braces for patterns (curl(1), GLOBBING), and
 * sends the rest as it is, of which servers take only ASCII.
 */
export function plainNameHint(image: string, words: Words = ENGLISH): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(image)) {
    return words.t(
      "boards can't ask for a name with letters beyond ASCII: they don't percent-encode it; give the box a plain name",
    );
  }
  const [part] = /[ #&[\]{}]|%[0-9a-f]{2}/i.exec(image) ?? [];
  if (part === undefined) return undefined;
  const what = part === ' ' ? words.t('a blank') : part;
  return words.t("boards can't ask for a name with {0} in it: they don't percent-encode it; choose a plain name", what);
}
