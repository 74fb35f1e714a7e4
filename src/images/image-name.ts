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
