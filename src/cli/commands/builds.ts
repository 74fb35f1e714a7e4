import type { Command } from 'commander';
import { shortBuildId } from '../../images/build-id.ts';
import { readStatus } from '../control.ts';
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
      const builds = images.flatMap(({ id, buildId, bytes, kept = [] }) => [
        ...(buildId === undefined ? [] : [{ image: id, buildId, bytes, is: 'served', boards: runBy(buildId) }]),
        ...kept
          .filter((build) => build.buildId !== buildId)
          .map((build) => ({ image: id, ...build, is: 'kept', boards: runBy(build.buildId) })),
      ]);
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
