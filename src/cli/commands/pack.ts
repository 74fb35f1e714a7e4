import path from 'node:path';
import type { Command } from 'commander';
import { buildIdInside } from '../../contents/raw-image.ts';
import { packImage } from '../../images/packing/pack.ts';
import { imageOfRawFile } from '../../images/raw-file.ts';
import { UsageError } from '../environment.ts';
import { stopSignal } from '../stop-signal.ts';
import { subcommand } from './subcommand.ts';

/**
 * `update-server pack <file.img> [--build-id <ID>]`: makes a full image set of a raw image, beside it, and prints what came
 * of it. Progress goes to standard error where that is a terminal. A signal stops it, and leaves an old set as it was.
 */
export function packCommand(): Command {
  return subcommand('pack', 'Makes .img.zst, .img.sha256 and .img.buildID of a raw image, beside it.')
    .argument('<image.img>', 'the path of a raw image')
    .option('--build-id <ID>', 'the build ID of an image that says none inside')
    .action(async (file: string, { buildId }: { readonly buildId?: string }) => {
      const image = imageOfRawFile(path.basename(file));
      if (image === undefined) throw new UsageError(`${file} is no raw image: the name of one ends in .img`);
      process.stdout.write(await pack(path.dirname(path.resolve(file)), image, buildId));
    });
}

async function pack(folder: string, image: string, givenId: string | undefined): Promise<string> {
  const { signal } = stopSignal('stopped; nothing was changed');
  const { buildId, rawBytes, zstBytes, checksums } = await packImage({
    folder,
    image,
    readBuildId: buildIdInside,
    buildId: givenId,
    signal,
    onProgress: process.stderr.isTTY ? tellProgress : undefined,
  });
  const isOther = givenId !== undefined && givenId !== buildId;
  return [
    `${image}.img.zst: ${zstBytes} bytes of ${rawBytes}`,
    `build ID ${buildId}${isOther ? ', as the image says inside; the one given is not used' : ''}`,
    `SHA-256 ${checksums.raw}  ${image}.img`,
    `SHA-256 ${checksums.zst}  ${image}.img.zst`,
    '',
  ].join('\n');
}

function tellProgress(done: number, total: number): void {
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  process.stderr.write(`\rpacking ${percent} %${done === total ? '\n' : ''}`);
}
