import { hash } from 'node:crypto';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type Build, buildOf } from './build.ts';

/** What the kernel of a build is, which does not compress: the `.img.zst` takes a while to write, and to send. */
const KERNEL_BYTES = 2 * 1024 * 1024;

/** Pieces that a file is written in; anything may happen between two. */
const PIECE_BYTES = 128 * 1024;

/** Until the compressor writes something: at times longer than a board takes to flash what was there, and ask again. */
const COMPRESSOR_MS = 700;
const SHA256SUM_MS = 100;

const SIZES = { noise: KERNEL_BYTES, bootSectors: 6 * 2048, rootSectors: 64 };
const CONTENT = { box: 'docker-box', board: 'odroid-c4', branch: 'main', ...SIZES };

/** A box that is built again and again, in one folder. */
export class RebuiltBox {
  readonly folder: string;
  readonly image = 'docker-box-odroid-c4-main';
  /** The build IDs of all that was built, by the SHA-256 of what a board then has on its disk. */
  readonly buildIds = new Map<string, string>();
  #last: Build | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The build that was begun last. */
  get last(): Build {
    if (this.#last === undefined) throw new Error('nothing was built yet');
    return this.#last;
  }

  file(suffix: string): string {
    return path.join(this.folder, this.image + suffix);
  }

  /** Makes the next build, and writes its raw image, in place. */
  async begin(): Promise<Build> {
    const build = buildOf({ ...CONTENT, buildId: hash('sha256', `build ${this.buildIds.size}`) });
    this.buildIds.set(build.rawSha256, build.content.buildId);
    this.#last = build;
    await writeInPlace(this.file('.img'), build.raw, true);
    return build;
  }

  /** Makes the next build as mkbox does: each file is written in place, the one that was there cut off first or last. */
  async rebuild(random: RandomNumbers): Promise<void> {
    const { files } = await this.begin();
    const isCutOffFirst = random.next().value < 0.5;
    await writeInPlace(this.file('.img.buildID'), files['.img.buildID'], true);
    await pause(random, COMPRESSOR_MS);
    await writeInPlace(this.file('.img.zst'), files['.img.zst'], isCutOffFirst);
    await pause(random, SHA256SUM_MS);
    await writeInPlace(this.file('.img.sha256'), files['.img.sha256'], isCutOffFirst);
  }
}

export type RandomNumbers = Generator<number, never>;

/** Numbers from 0 to 1 that look random, and are the same at each run. */
export function* randomNumbers(seed: number): RandomNumbers {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Waits for less than `limitMs`: mostly for a moment, at times for long. */
export function pause(random: RandomNumbers, limitMs: number): Promise<void> {
  return setTimeout(random.next().value ** 4 * limitMs);
}

async function writeInPlace(file: string, bytes: Buffer, isCutOffFirst: boolean): Promise<void> {
  await writeFile(file, '', { flag: 'a' });
  await using handle = await open(file, 'r+');
  if (isCutOffFirst) await handle.truncate();
  await writePieces(handle, bytes);
  await handle.truncate(bytes.length);
}

async function writePieces(handle: FileHandle, bytes: Buffer): Promise<void> {
  const zeros = Buffer.alloc(PIECE_BYTES);
  const pieceBytes = Math.min(PIECE_BYTES, Math.ceil(bytes.length / 2));
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    if (piece.equals(zeros)) continue; // a hole: raw images are nearly nothing else
    await handle.write(piece, 0, piece.length, at);
    await setImmediate();
  }
}
