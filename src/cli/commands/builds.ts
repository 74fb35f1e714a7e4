import type { Command } from 'commander';
import { shortBuildId } from '../../images/build-id.ts';
import { type ImageReport, readStatus } from '../control.ts';
import { textTable } from '../text-table.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/** `update-server builds [--json]`: the builds of each image, and how many boards run each. */
export function buildsCommand({ settings }: CommandContext): Command {
  return subcommand('builds', 'Lists the builds that a running server has: those it serves, and those it keeps.')
    .option('--json', 'for programs')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { images, boards } = await readStatus(settings());
      const runBy = (build: string) => boards.filter(({ reportedBuild }) => reportedBuild === build).length;
      const builds = images.flatMap((image) =>
        buildsOf(image).map((build) => ({ image: image.id, ...build, boards: runBy(build.buildId) })),
      );
      if (json) process.stdout.write(`${JSON.stringify(builds)}\n`);
      else {
        const rows = builds.map(({ image, buildId, is, bytes, boards: count }) => [
          image,
          shortBuildId(buildId),
          is,
          bytes === undefined ? '-' : String(bytes),
          String(count),
        ]);
        process.stdout.write(textTable(['IMAGE', 'BUILD', 'IS', 'BYTES', 'RUN BY'], rows));
      }
    });
}

/** The build that is served, the newest where that is another one, and those that are kept besides. */
function buildsOf({ buildId: served, bytes, inPlaceOf, kept = [] }: ImageReport) {
  const newest = inPlaceOf?.newest;
  const others = kept.filter(({ buildId }) => buildId !== served && buildId !== newest);
  const copy = kept.find(({ buildId }) => buildId === newest);
  return [
    ...(served === undefined ? [] : [{ buildId: served, bytes, is: 'served' }]),
    ...(newest === undefined ? [] : [{ ...copy, buildId: newest, is: 'newest' }]),
    ...others.map((build) => ({ ...build, is: 'kept' })),
  ];
}
