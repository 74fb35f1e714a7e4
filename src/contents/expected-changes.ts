/** Which files of an image. */
export type TreeName = 'root' | 'initramfs';

interface Expected {
  readonly pattern: RegExp;
  /** The tree that it is in; either, unless told. */
  readonly tree?: TreeName;
  /** Whether it may come and go; only its content changes, unless told. */
  readonly comesAndGoes?: true;
}

/**
 * What two builds from the same sources differ in. Another owner or mode of these is not expected. `/etc/shadow` is not
 * here, though a password is salted anew by each build: who may log in is to be seen.
 */
const EXPECTED: readonly Expected[] = [
  // mkbox packs it anew, with times and the build ID; what is in it is compared by itself
  { pattern: /^\/boot\/initramfs$/, tree: 'root' },
  // it has the build ID; its lines are compared by themselves
  { pattern: /^\/board\.conf$/, tree: 'initramfs' },
  // apk writes packages in the order in which it installed them, and their scripts with times; packages are compared by themselves
  { pattern: /^(?:\/usr)?\/lib\/apk\/db\/[^/]+$/ },
  // repositories' indexes, of the day of the build, and packages that were fetched
  { pattern: /^\/var\/cache\/apk\//, comesAndGoes: true },
  // machine-id(5): made at random where the build starts something that needs one
  { pattern: /^\/(?:etc|var\/lib\/dbus)\/machine-id$/ },
  // keys made at random by a build that makes them; that an image has one at all is to be seen
  { pattern: /^\/etc\/ssh\/ssh_host_\w+_key(?:\.pub)?$/ },
  { pattern: /^\/etc\/dropbear\/dropbear_\w+_host_key$/ },
  // what the random number generator starts from: OpenRC's seedrng and urandom
  { pattern: /^\/var\/lib\/(?:seedrng\/.+|misc\/random-seed)$/ },
  // logs tell of the build itself, with times; init.log is of a board's first boot
  { pattern: /^\/var\/log\//, comesAndGoes: true },
  { pattern: /^\/boot\/init\.log$/, tree: 'root', comesAndGoes: true },
];

/** Each build has its own. */
const BUILD_ID_LINE = /^\s*(?:export\s+)?buildID=/;

/** Whether every build may have another content there. */
export function isExpectedContent(tree: TreeName, path: string): boolean {
  return expectedAt(tree, path) !== undefined;
}

/** Whether a build may have that file, and another one not. */
export function isExpectedFile(tree: TreeName, path: string): boolean {
  return expectedAt(tree, path)?.comesAndGoes === true;
}

/** Whether every build has another such line in its `board.conf`. */
export function isExpectedLine(line: string): boolean {
  return BUILD_ID_LINE.test(line);
}

function expectedAt(tree: TreeName, path: string): Expected | undefined {
  return EXPECTED.find((expected) => (expected.tree ?? tree) === tree && expected.pattern.test(path));
}
