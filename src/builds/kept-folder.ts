import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { PATIENT_LOOKS } from '../images/file-looks.ts';
import { isPublishableName } from '../images/image-name.ts';
import { type Inspection, inspectImage } from '../images/image-state.ts';
import { unlessAbsent } from '../images/outage.ts';
import { isBuildId, type KeptBuild } from './kept-build.ts';
import { removeLeftovers } from './passing-folder.ts';

/** The builds that are kept, those of one image at a time, the one kept last first; and what was seen of their folders. */
export interface Kept {
  readonly builds: ReadonlyMap<string, readonly KeptBuild[]>;
  readonly inspections: ReadonlyMap<string, Inspection>;
}

export interface KeptLook {
  /** What processes that died left is removed. */
  readonly isFirst: boolean;
  /** Called with a folder that can't be read for now, and why. */
  readonly onUnreadable: (folder: string, error: unknown) => void;
}

/**
 * Looks at the builds that are kept below `root`, a resolved path. What can't be read of it is as it was `before`.
 * @throws system errors where that is `root` itself
 */
export async function lookAtKept(root: string, before: Kept, { isFirst, onUnreadable }: KeptLook): Promise<Kept> {
  const builds = new Map<string, readonly KeptBuild[]>();
  const inspections = new Map<string, Inspection>();
  const attempt = async (folder: string, isIn: (id: string) => boolean, look: () => Promise<void>) => {
    try {
      await look();
    } catch (error) {
      onUnreadable(folder, error);
      for (const [id, known] of before.builds) {
        if (!isIn(id)) continue;
        builds.set(id, known);
        for (const build of known) {
          const inspection = before.inspections.get(build.folder);
          if (inspection !== undefined) inspections.set(build.folder, inspection);
        }
      }
    }
  };
  const lookAtImage = async (box: string, image: string) => {
    if (isFirst) await removeLeftovers(path.join(root, box, image));
    const found = await buildsOf(root, box, image, { known: before.inspections, seen: inspections });
    if (found.length > 0) builds.set(`${box}/${image}`, found);
  };
  for (const box of await foldersIn(root)) {
    const folder = path.join(root, box);
    await attempt(
      folder,
      (id) => id.startsWith(`${box}/`),
      async () => {
        for (const image of await foldersIn(folder)) {
          const isIt = (id: string) => id === `${box}/${image}`;
          await attempt(path.join(folder, image), isIt, () => lookAtImage(box, image));
        }
      },
    );
  }
  return { builds, inspections };
}

interface Inspections {
  readonly known: ReadonlyMap<string, Inspection>;
  /** Gets the inspections of this look. */
  readonly seen: Map<string, Inspection>;
}

async function buildsOf(root: string, box: string, image: string, { known, seen }: Inspections): Promise<KeptBuild[]> {
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
