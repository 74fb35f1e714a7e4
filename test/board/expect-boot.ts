import { doesNotMatch, equal, match } from 'node:assert/strict';
import type { Board, Boot, BootOptions } from './board.ts';
import { type DemoImage, rawSha256 } from './demo-boxes.ts';

/** Boots the board: it must flash `image`, byte for byte. */
export async function flashes(board: Board, image: DemoImage): Promise<Boot> {
  const boot = await board.boot();
  equal(boot.flashed, true, boot.output);
  equal(boot.diskSha256, await rawSha256(image), boot.output);
  return boot;
}

/**
 * Boots the board: it must find itself up to date. The script says that for every failure, so this looks closer: the
 * answer must have been an archive of nothing, after which the missing checksums are the only fault the script meets.
 */
export async function isUpToDate(board: Board): Promise<Boot> {
  const boot = await bootsOn(board);
  equal(boot.upToDate, true, boot.output);
  match(boot.output, /\*\.img\.sha256: No such file/);
  doesNotMatch(boot.output, /curl: \(|tar: /);
  return boot;
}

/** Boots the board, which must start the system it has, with every byte of its disk as it was. */
export async function bootsOn(board: Board, options?: BootOptions): Promise<Boot> {
  const before = await board.diskSha256();
  const boot = await board.boot(options);
  equal(boot.flashed, false, boot.output);
  equal(boot.diskSha256, before, boot.output);
  return boot;
}
