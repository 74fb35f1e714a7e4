/** The order that builds an image: a program and its arguments, as a value. */
import path from 'node:path';
import type { Bases } from './layout.ts';

/** What is to be built. */
export interface BuildWish {
  /** The path of the box's BOXBUILD. */
  readonly boxbuild: string;
  readonly board: string;
  readonly branch?: string;
  readonly version?: string;
}

/** What an order depends on besides what is to be built. */
export interface OrderSettings {
  /** The path of mkbox. */
  readonly mkbox: string;
  /** The folders of the project's boxes and boards, where they are known. */
  readonly bases: Bases | undefined;
  /** Program and arguments in place of sudo and mkbox, with variables; empty for those two. */
  readonly buildCommand: readonly string[];
}

/** What to run, and where. */
export interface BuildOrder {
  readonly program: string;
  readonly args: readonly string[];
  /** The box's folder: mkbox leaves the image in the folder that it is run in. */
  readonly cwd: string;
  /** For a build command: what mkbox is given, so that it need not be passed on. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where an installed mkbox lies, and what its sudoers file lets its group run without a password (mkbox.sudoers). */
export const INSTALLED: readonly string[] = ['/opt/mkbox/mkbox', '/usr/bin/mkbox'];

const VARIABLE = /\$\{(\w+)\}/g;

/**
 * The order for `wish`. The BOXBUILD is named by its whole path: bash begins its errors with the name that it was given.
 * `isRoot`: whether this process may do everything already.
 */
export function buildOrder(wish: BuildWish, settings: OrderSettings, isRoot: boolean): BuildOrder {
  const { mkbox, bases, buildCommand } = settings;
  const cwd = path.dirname(wish.boxbuild);
  const env = environmentOf(wish, mkbox, bases);
  const [program, ...args] = buildCommand;
  if (program !== undefined && program !== '') {
    const fill = (text: string) => filled(text, variablesOf(wish, settings));
    return { program: fill(program), args: args.map(fill), cwd, env };
  }
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  if (isRoot) return { program: 'env', args: [...pairs, mkbox, wish.boxbuild], cwd, env: {} };
  // mkbox's sudoers file names it as the program; elsewhere sudo drops the variables that it doesn't know, and env keeps them
  const between = INSTALLED.includes(mkbox) ? [] : ['env'];
  return { program: 'sudo', args: ['-E', ...between, ...pairs, mkbox, wish.boxbuild], cwd, env: {} };
}

/** What mkbox reads from its environment. One that is installed elsewhere is told where the project lies. */
function environmentOf({ board, branch, version }: BuildWish, mkbox: string, bases: Bases | undefined) {
  const isElsewhere = bases !== undefined && INSTALLED.includes(mkbox);
  return {
    BOARD: board,
    ...(branch && { BOX_BRANCH: branch }),
    ...(version && { BOX_VERSION: version }),
    SKIP_FLASHING: '1',
    ...(isElsewhere && { BOXES_BASE: bases.boxes, BOARDS_BASE: bases.boards }),
  };
}

function variablesOf({ boxbuild, board, branch, version }: BuildWish, { mkbox, bases }: OrderSettings) {
  const folder = path.dirname(boxbuild);
  return new Map([
    ['board', board],
    ['branch', branch ?? ''],
    ['version', version ?? ''],
    ['boxbuild', boxbuild],
    ['boxFolder', folder],
    ['boxFolderBasename', path.basename(folder)],
    ['mkbox', mkbox],
    ['projectFolder', bases === undefined ? path.dirname(folder) : path.dirname(bases.boxes)],
  ]);
}

/** Variables of another kind are left: they are for the program. */
function filled(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => variables.get(name) ?? whole);
}
