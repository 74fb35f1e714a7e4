import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildIdInside } from '../contents/raw-image.ts';
import { packImage } from '../images/packing/pack.ts';
import { UsageError } from './environment.ts';
import { stopSignal } from './stop-signal.ts';

const SUFFIX = '.img';

/**
 * `update-server pack <file.img> [--build-id <ID>]`: makes a full image set of a raw image, beside it, and answers what to
 * print. The ID is for an image that says none inside. Progress goes to standard error where that is a terminal. A signal
 * stops it, and leaves an old set as it was.
 * @throws UsageError when the file's name is not a raw image's; UserError when it can't be packed.
 */
export async function pack(args: readonly string[]): Promise<string> {
  const { file, givenId } = readArguments(args);
  const { signal } = stopSignal('stopped; nothing was changed');
  const { image, buildId, rawBytes, zstBytes, checksums } = await packImage({
    folder: path.dirname(path.resolve(file)),
    image: path.basename(file, SUFFIX),
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

function readArguments(args: readonly string[]): { readonly file: string; readonly givenId: string | undefined } {
  const { positionals, values } = parse(args);
  const [file, ...others] = positionals;
  if (file === undefined) throw new UsageError('pack what? Give the name of a raw image, <image>.img');
  if (others.length > 0) throw new UsageError(`pack takes one raw image, and not ${positionals.join(' ')}`);
  if (!file.endsWith(SUFFIX)) throw new UsageError(`${file} is no raw image: the name of one ends in ${SUFFIX}`);
  return { file, givenId: values['build-id'] };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { 'build-id': { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    // ERR_PARSE_ARGS_…: an option that there is not, or one without its value
    if (error instanceof TypeError) throw new UsageError(`pack: ${error.message}`);
    throw error;
  }
}

function tellProgress(done: number, total: number): void {
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  process.stderr.write(`\rpacking ${percent} %${done === total ? '\n' : ''}`);
}
