import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** What of an mkbox-project was found in a folder of the workspace. */
export interface ProjectFolder {
  /** The folder with the boxes' folders. */
  readonly images: string;
  /** The names of the boards the project builds for. */
  readonly boards: readonly string[];
}

/**
 * Finds the image folder of the workspace folder `root`: `imagePath`, when it is set; else `boxes` or `src/boxes`; else
 * `root` itself, when it holds folders of boxes. Undefined where there is none.
 */
export async function findProject(root: string, imagePath: string): Promise<ProjectFolder | undefined> {
  const images = imagePath === '' ? await findImages(root) : path.resolve(root, imagePath);
  if (images === undefined || !(await isFolder(images))) return undefined;
  return { images, boards: await findBoards(path.join(path.dirname(images), 'boards')) };
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

async function findImages(root: string): Promise<string | undefined> {
  for (const candidate of [path.join(root, 'boxes'), path.join(root, 'src', 'boxes')]) {
    if (await isFolder(candidate)) return candidate;
  }
  return (await holdsBoxes(root)) ? root : undefined;
}

/** Whether a folder in `folder` is a box's: it has a BOXBUILD, or images. */
async function holdsBoxes(folder: string): Promise<boolean> {
  for (const name of await folderNames(folder)) {
    const files = await readdir(path.join(folder, name)).catch(() => []);
    if (files.some((file) => file === 'BOXBUILD' || file.endsWith('.img.zst'))) return true;
  }
  return false;
}

async function findBoards(folder: string): Promise<string[]> {
  return (await folderNames(folder)).sort();
}

async function folderNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const mayBeFolders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return mayBeFolders.filter((entry) => !entry.name.startsWith('.')).map((entry) => entry.name);
}

async function isFolder(candidate: string): Promise<boolean> {
  return stat(candidate).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
