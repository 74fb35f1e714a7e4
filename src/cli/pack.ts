import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { readRawImage } from '../contents/raw-image.ts';
import { packImage } from '../images/pack.ts';
import { UsageError } from './environment.ts';
import { stopSignal } from './stop-signal.ts';

const SUFFIX = '.img';

/**
 * `update-server pack <file.img>`: makes a full image set of a raw image, beside it, and answers what to print. Progress
 * goes to standard error where that is a terminal. A signal stops it, and leaves an old set as it was.
 * @throws UsageError when the file's name is not a raw image's; UserError when it can't be packed.
 */
export async function pack(file: string): Promise<string> {
  if (!file.endsWith(SUFFIX)) throw new UsageError(`${file} is no raw image: the name of one ends in ${SUFFIX}`);
  const { signal } = stopSignal('stopped; nothing was changed');
  const folder = path.dirname(path.resolve(file));
  const name = path.basename(file, SUFFIX);
  const { image, buildId, rawBytes, zstBytes, checksums } = await packImage({
    folder,
    image: name,
    buildId: await buildIdInside(folder, name),
    signal,
    onProgress: process.stderr.isTTY ? tellProgress : undefined,
  });
  return [
    `${image}.img.zst: ${zstBytes} bytes of ${rawBytes}`,
    `build ID ${buildId}`,
    `SHA-256 ${checksums.raw}  ${image}.img`,
    `SHA-256 ${checksums.zst}  ${image}.img.zst`,
    '',
  ].join('\n');
}

/** The build that boards running the image report; undefined where the image does not tell. */
async function buildIdInside(folder: string, image: string): Promise<string | undefined> {
  const root = await realpath(folder).catch(() => folder);
  const inside = await readRawImage({ root, folder: root, image });
  return inside?.boardConf?.buildId;
}

function tellProgress(done: number, total: number): void {
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  process.stderr.write(`\rpacking ${percent} %${done === total ? '\n' : ''}`);
}
