import type { Command } from 'commander';
import { shortBuildId } from '../../images/build-id.ts';
import { readStatus } from '../control.ts';
import { textTable } from '../text-table.ts';
import type { CommandContext } from './commands.ts';
import { JSON_OF_STATUS } from './control-options.ts';
import { subcommand } from './subcommand.ts';

type ImageReport = Awaited<ReturnType<typeof readStatus>>['images'][number];

/** `update-server images [--json]`: the images that a running server has. */
export function imagesCommand({ settings }: CommandContext): Command {
  return subcommand('images', 'Lists the images that a running server has.')
    .option('--json', JSON_OF_STATUS)
    .action(async ({ json = false }: { json?: boolean }) => {
      const { images } = await readStatus(settings());
      const heads = ['IMAGE', 'STATE', 'BUILD', 'BUILT', 'BYTES', 'NOTE'];
      process.stdout.write(json ? `${JSON.stringify(images)}\n` : textTable(heads, images.map(cellsOf)));
    });
}

function cellsOf({ id, state, buildId, builtAtMs, bytes, reason, inPlaceOf }: ImageReport): string[] {
  return [
    id,
    state,
    buildId === undefined ? '-' : shortBuildId(buildId),
    builtAtMs === undefined ? '-' : new Date(builtAtMs).toISOString(),
    bytes === undefined ? '-' : String(bytes),
    reason ?? (inPlaceOf === undefined ? '' : `in place of the newest: chosen by ${inPlaceOf.by}`),
  ];
}
