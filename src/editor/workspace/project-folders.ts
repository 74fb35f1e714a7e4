import { access, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { systemErrorCode } from '../../errors.ts';
import { isAbsence } from '../../images/outage.ts';

/** Called with a folder that exists and can't be read, and the system's error code. */
export type OnUnreadable = (folder: string, code: string) => void;

/** What was found of an mkbox-project in a folder of the workspace. */
export interface ProjectFolder {
  /** The folder with the boxes' folders. */
  readonly images: string;
  /** A folder beside it with boxes of its own: mkbox-projects have examples. */
  readonly examples?: string;
  /** The names of the boards the project builds for. */
  readonly boards: readonly string[];
}

/**
 * Finds the image folder of the workspace folder `root`: `imagePath`, when it is set; else `boxes` or `src/boxes`; else
 * `root` itself, when it holds folders of boxes. Undefined where there is none, or where it can't be read.
 */
export async function findProject(
  root: string,
  imagePath: string,
  onUnreadable: OnUnreadable,
): Promise<ProjectFolder | undefined> {
  const images = imagePath === '' ? await findImages(root, onUnreadable) : imagePathIn(root, imagePath);
  if (images === undefined || !(await isFolder(images))) return undefined;
  const boards = await folderNames(path.join(path.dirname(images), 'boards'), onUnreadable);
  const examples = imagePath === '' ? await findExamples(images, onUnreadable) : undefined;
  return { images, ...(examples !== undefined && { examples }), boards: boards.sort() };
}

/** What the setting may begin with: VS Code replaces none of it, and users know it from their shell and from tasks. */
const BEGINNING = /^(?:~|\$\{(?:userHome|workspaceFolder)\})(?=[/\\]|$)/;

/** The path that `imagePath`, as it is set, stands for in the workspace folder `root`. */
export function imagePathIn(root: string, imagePath: string): string {
  const [beginning] = BEGINNING.exec(imagePath) ?? [];
  if (beginning === undefined) return path.resolve(root, imagePath);
  const folder = beginning.includes('workspaceFolder') ? root : homedir();
  return path.resolve(folder + imagePath.slice(beginning.length));
}

/** An image path that is set, and names no folder. */
export interface WrongPath {
  /** What the folder of the workspace is called that it is set for. */
  readonly root: string;
  /** The folder that is not there. */
  readonly folder: string;
}

/** All folders of a project that boxes lie in. */
export function imageFoldersOf({ images, examples }: ProjectFolder): string[] {
  return examples === undefined ? [images] : [images, examples];
}

/** The paths of those `boxes` in which there is a BOXBUILD. */
export async function boxesWithRecipe(boxes: readonly { readonly path: string }[]): Promise<Set<string>> {
  const found = await Promise.all(boxes.map(async (box) => ((await hasRecipe(box.path)) ? box.path : undefined)));
  return new Set(found.filter((box) => box !== undefined));
}

function hasRecipe(folder: string): Promise<boolean> {
  return access(path.join(folder, 'BOXBUILD')).then(
    () => true,
    () => false,
  );
}

/** The folder `examples` beside `boxes`, where there are boxes in it. */
async function findExamples(images: string, onUnreadable: OnUnreadable): Promise<string | undefined> {
  if (path.basename(images) !== 'boxes') return undefined;
  const examples = path.join(path.dirname(images), 'examples');
  return (await holdsBoxes(examples, onUnreadable)) ? examples : undefined;
}

async function findImages(root: string, onUnreadable: OnUnreadable): Promise<string | undefined> {
  for (const candidate of [path.join(root, 'boxes'), path.join(root, 'src', 'boxes')]) {
    if (await isFolder(candidate)) return candidate;
  }
  return (await holdsBoxes(root, onUnreadable)) ? root : undefined;
}

/** Whether a folder in `folder` is a box's: it has a BOXBUILD, or images. */
async function holdsBoxes(folder: string, onUnreadable: OnUnreadable): Promise<boolean> {
  for (const name of await folderNames(folder, onUnreadable)) {
    const files = await read(path.join(folder, name), (box) => readdir(box), onUnreadable);
    if (files.some((file) => file === 'BOXBUILD' || file.endsWith('.img.zst'))) return true;
  }
  return false;
}

async function folderNames(folder: string, onUnreadable: OnUnreadable): Promise<string[]> {
  const entries = await read(folder, (it) => readdir(it, { withFileTypes: true }), onUnreadable);
  const mayBeFolders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return mayBeFolders.filter((entry) => !entry.name.startsWith('.')).map((entry) => entry.name);
}

/** The entries of a folder: none if it does not exist, or can't be read, which is reported. */
async function read<T>(
  folder: string,
  readFolder: (folder: string) => Promise<T[]>,
  onUnreadable: OnUnreadable,
): Promise<T[]> {
  try {
    return await readFolder(folder);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (!isAbsence(code)) onUnreadable(folder, code);
    return [];
  }
}

async function isFolder(candidate: string): Promise<boolean> {
  return stat(candidate).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
