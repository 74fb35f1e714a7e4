import type { Command } from 'commander';
import { shortBuildId } from '../../images/build-id.ts';
import { type ImageReport, readLog, readStatus, requireControlPath } from '../control.ts';
import type { CommandSettings } from '../environment.ts';
import { textTable } from '../text-table.ts';
import type { CommandContext } from './commands.ts';
import { JSON_OF_STATUS } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** The most acts of an image that are listed with it; `log <image>` has all. */
const MOST_ACTS = 10;

/** `update-server images [--json]`: the images that a running server has. */
export function imagesCommand({ settings }: CommandContext): Command {
  return subcommand('images', 'Lists the images that a running server has.')
    .option('--json', JSON_OF_STATUS)
    .action(async ({ json = false }: { json?: boolean }) => {
      const given = settings();
      const { images } = await readStatus(given);
      const heads = ['IMAGE', 'STATE', 'BUILD', 'BUILT', 'BYTES', 'NOTE'];
      process.stdout.write(
        json ? `${JSON.stringify(await withActs(images, given))}\n` : textTable(heads, images.map(cellsOf)),
      );
    });
}

/** Each image with what was decided about it, newest first. */
async function withActs(images: readonly ImageReport[], given: CommandSettings) {
  const entries = (await readLog(requireControlPath(given))).toReversed();
  return images.map((image) => ({
    ...image,
    acts: entries.filter((entry) => entry.image === image.id).slice(0, MOST_ACTS),
  }));
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
