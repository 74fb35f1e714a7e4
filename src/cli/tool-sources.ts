import { ServedImages } from '../builds/served-images.ts';
import { NoServerError } from '../control/control-client.ts';
import { printable } from '../printable.ts';
import { type ImageReport, reportImages } from '../status/report.ts';
import type { ToolSources } from '../tools/tool.ts';
import { readStatus } from './control.ts';
import type { CommandSettings } from './environment.ts';
import { inventoriedBuilds, inventoryOf } from './image-inventory.ts';
import { openBuilds } from './keeping.ts';
import { withChecks } from './with-checks.ts';

/** What tools tell of: the server behind the control socket. Where none runs, the images are those of IMAGE_PATH. */
export function toolSources(settings: CommandSettings): ToolSources {
  return {
    images: async () => (await servedImages(settings)) ?? folderImages(settings),
    boards: async () => (await readStatus(settings)).boards,
    builds: () => inventoriedBuilds(settings),
    inventoryOfImage: (id, signal) => inventoryOf(id, settings, signal),
    inventoryOfBuild: (buildId, signal) => inventoryOf(`@${buildId}`, settings, signal),
  };
}

/** The images of the server that runs; undefined where none does. */
async function servedImages(settings: CommandSettings): Promise<readonly ImageReport[] | undefined> {
  if (settings.controlPath === undefined) return undefined;
  try {
    return (await readStatus(settings)).images;
  } catch (error) {
    if (error instanceof NoServerError) return undefined;
    throw error;
  }
}

function folderImages(settings: CommandSettings): Promise<readonly ImageReport[]> {
  return withChecks(settings, async (catalog, checks) => {
    const builds = await openBuilds(settings, (text) => process.stderr.write(`${printable(text)}\n`));
    const source = builds === undefined ? catalog : new ServedImages(catalog, builds);
    return reportImages(await source.refresh(), checks, builds);
  });
}
