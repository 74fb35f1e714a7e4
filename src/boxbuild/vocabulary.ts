/** What mkbox gives a meaning to in a BOXBUILD. Source: its manual pages BOXBUILD(8) and mkbox(1), and the script mkbox. */

/** What a name stands for. */
export type TermKind =
  | 'directive'
  /** A directive that a board's BOXBUILD sets. */
  | 'board directive'
  /** A function that mkbox calls, if the BOXBUILD defines it. */
  | 'function'
  /** A variable that mkbox sets. */
  | 'variable'
  /** A command that mkbox brings. */
  | 'helper';

/** The names, by what they stand for. */
export const TERMS = {
  name: 'directive',
  apks: 'directive',
  initramfs_apks: 'directive',
  update_server_http: 'directive',
  domain: 'directive',
  use_force_update_dns: 'directive',
  use_force_update_config: 'directive',
  arch: 'board directive',
  first_sector: 'board directive',
  boot_size: 'board directive',
  root_size: 'board directive',
  storage_dev: 'board directive',
  external_storage_dev: 'board directive',
  build: 'function',
  root: 'function',
  initramfs: 'function',
  flush: 'function',
  SRC: 'variable',
  DEST: 'variable',
  DEV: 'variable',
  BOARD: 'variable',
  ARCH: 'variable',
  BOXES_BASE: 'variable',
  BOARDS_BASE: 'variable',
  extend: 'helper',
  inc_root_size: 'helper',
  enable_service: 'helper',
  disable_service: 'helper',
  apk: 'helper',
} as const satisfies Readonly<Record<string, TermKind>>;

/** A name that mkbox gives a meaning to. */
export type Term = keyof typeof TERMS;

/** Whether mkbox gives `name` a meaning. */
export function isTerm(name: string): name is Term {
  return Object.hasOwn(TERMS, name);
}

/** The directives without which mkbox stops. */
export const REQUIRED = ['arch', 'first_sector', 'boot_size', 'root_size'] as const;

/** The directives that are arrays of packages. */
export const PACKAGE_ARRAYS: ReadonlySet<string> = new Set(['apks', 'initramfs_apks']);
