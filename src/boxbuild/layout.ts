/** The place of a BOXBUILD among the folders of an mkbox-project. */
import path from 'node:path';

/** The file access that readers of BOXBUILDs need. */
export interface Files {
  /** The text of a file; undefined where there is none. */
  read(file: string): Promise<string | undefined>;
  isFolder(folder: string): Promise<boolean>;
  exists(file: string): Promise<boolean>;
  /** The names of the folders in a folder; none where it can't be read. */
  folders(folder: string): Promise<string[]>;
}

/** The folders that mkbox finds from its own location, and that a BOXBUILD names as `BOXES_BASE` and `BOARDS_BASE`. */
export interface Bases {
  readonly boxes: string;
  readonly boards: string;
}

/** How many levels up the project's folders are searched. */
const LEVELS = 4;

/** Finds the folders `boxes` and `boards` above a BOXBUILD, or beside the folders above it. */
export async function findBases(boxbuild: string, files: Files): Promise<Bases | undefined> {
  let folder = path.dirname(boxbuild);
  for (let level = 0; level < LEVELS; level++) {
    const bases = { boxes: path.join(folder, 'boxes'), boards: path.join(folder, 'boards') };
    const areFolders = await Promise.all([files.isFolder(bases.boxes), files.isFolder(bases.boards)]);
    if (areFolders.every(Boolean)) return bases;
    folder = path.dirname(folder);
  }
  return undefined;
}

/** The folders in `folder` that hold a BOXBUILD, sorted. */
export async function foldersWithBoxbuild(folder: string, files: Files): Promise<string[]> {
  const names = await files.folders(folder);
  const found = await Promise.all(names.map((name) => files.exists(path.join(folder, name, 'BOXBUILD'))));
  return names.filter((_, index) => found[index]).sort();
}

/** The boards that a project builds for. */
export async function boardsIn(bases: Bases | undefined, files: Files): Promise<string[]> {
  return bases === undefined ? [] : foldersWithBoxbuild(bases.boards, files);
}

/** The board that a BOXBUILD describes; undefined for a box's. */
export function boardOf(boxbuild: string, bases: Bases | undefined): string | undefined {
  const folder = path.dirname(boxbuild);
  return bases !== undefined && path.dirname(folder) === bases.boards ? path.basename(folder) : undefined;
}
