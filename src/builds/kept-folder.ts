import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { PATIENT_LOOKS } from '../images/file-looks.ts';
import { isPublishableName } from '../images/image-name.ts';
import { type Inspection, inspectImage } from '../images/image-state.ts';
import { unlessAbsent } from '../images/outage.ts';
import { isBuildId, type KeptBuild } from './kept-build.ts';
import { removeLeftovers } from './passing-folder.ts';

/** How a folder of kept builds is looked at. Inspections go by the folders of the builds. */
export interface KeptLook {
  /** What processes that died left is removed. */
  readonly isFirst: boolean;
  readonly known: ReadonlyMap<string, Inspection>;
  /** Gets the inspections of this look. */
  readonly seen: Map<string, Inspection>;
}

/**
 * The builds that are kept below `root`, a resolved path, those of one image at a time, the one kept last first.
 * @throws system errors, but for what is gone meanwhile
 */
export async function* keptIn(root: string, look: KeptLook): AsyncGenerator<readonly KeptBuild[]> {
  for (const box of await foldersIn(root)) {
    for (const image of await foldersIn(path.join(root, box))) {
      if (look.isFirst) await removeLeftovers(path.join(root, box, image));
      yield await buildsOf(root, box, image, look);
    }
  }
}

async function buildsOf(root: string, box: string, image: string, { known, seen }: KeptLook): Promise<KeptBuild[]> {
  const builds: KeptBuild[] = [];
  const parent = path.join(root, box, image);
  for (const buildId of (await foldersIn(parent)).filter(isBuildId)) {
    const location = { root, folder: path.join(parent, buildId), image };
    const stats = await stat(location.folder).catch(unlessAbsent);
    if (stats === undefined) continue;
    const inspection = await inspectImage(location, false, PATIENT_LOOKS, known.get(location.folder));
    seen.set(location.folder, inspection);
    const { state, files } = inspection;
    const sizes = Object.values(files).map((file) => (file.kind === 'file' ? Number(file.identity.size) : 0));
    const bytes = sizes.reduce((sum, size) => sum + size);
    builds.push({
      ...location,
      isKept: true,
      id: `${box}/${image}`,
      box,
      buildId,
      state,
      bytes,
      keptAtMs: stats.mtimeMs,
    });
  }
  return builds.sort((a, b) => b.keptAtMs - a.keptAtMs);
}

/** Whether two looks saw the same builds, in the same states. */
export function sameBuilds(some: readonly KeptBuild[], others: readonly KeptBuild[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ folder, state, keptAtMs }, index) => {
      const other = others[index];
      return other?.folder === folder && other.state === state && other.keptAtMs === keptAtMs;
    })
  );
}

/** The folders in one; none where it is gone, since another process may remove some. @throws other system errors */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(unlessAbsent)) ?? [];
  return entries.filter((entry) => entry.isDirectory() && isPublishableName(entry.name)).map(({ name }) => name);
}
