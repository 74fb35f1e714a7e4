import type { BoardRegistry } from '../boards/board-registry.ts';
import { needOf } from '../boards/build-need.ts';
import { Keeper } from '../builds/keeper.ts';
import { KeptBuilds } from '../builds/kept-builds.ts';
import type { KeptFor } from '../builds/kept-copy.ts';
import type { ImageChecks } from '../checks/image-checks.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { CatalogImage, ImageSource } from '../images/catalog.ts';
import type { UpdateServer } from '../server/update-server.ts';
import type { CommandSettings } from './environment.ts';

/**
 * The builds that are kept, if there is a place for them. `warn` is told what goes wrong, in lines of English; `keptFor`: who
 * reads what this process keeps.
 */
export async function openBuilds(
  { keep }: Pick<CommandSettings, 'keep'>,
  warn: (text: string) => void,
  keptFor?: KeptFor,
): Promise<KeptBuilds | undefined> {
  return keep && (await KeptBuilds.open(keep.folder, warn, keptFor));
}

/** What a keeper depends on. */
interface KeepingParts {
  readonly builds: KeptBuilds;
  /** The images as they are in their folders. */
  readonly catalog: ImageSource;
  readonly checks: ImageChecks;
  readonly server: UpdateServer;
  readonly boards: BoardRegistry;
  readonly warn: (text: string) => void;
}

/** Keeps builds as long as it is not closed; undefined where nobody said how many. */
export function keepBuilds(
  { keep }: Pick<CommandSettings, 'keep'>,
  { builds, catalog, checks, server, boards, warn }: KeepingParts,
): Keeper | undefined {
  const bounds = keep?.bounds;
  if (bounds === undefined) return undefined;
  return new Keeper({
    builds,
    catalog,
    checks,
    bounds: () => bounds,
    isBusy: () => server.running.size > 0,
    isNeeded: ({ imageId, buildId }) =>
      needOf(imageId, buildId, boards) !== undefined ||
      [...server.running].some(
        ({ servedBuildId, resolution }) => servedBuildId === buildId && resolution?.found?.id === imageId,
      ),
    isRun: (buildId) => boards.boards.some(({ reportedBuild }) => reportedBuild === buildId),
    onMessage: warn,
  });
}

/** That an earlier build of an image is served, in a line of English; undefined where the newest is. */
export function earlierText({ id, inPlaceOf }: CatalogImage): string | undefined {
  if (inPlaceOf === undefined) return undefined;
  const { build, by, atMs } = inPlaceOf.choice;
  const since = new Date(atMs).toISOString();
  return `build ${shortBuildId(build)} of ${id} is served in place of the newest: chosen by ${by} at ${since}`;
}
