import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ZstFile } from '../../src/checks/image-checks.ts';
import type { Claims } from '../../src/checks/judgement.ts';
import type { DiskContent } from '../fixtures/disk-image.ts';
import { type ImageSetOptions, type WrittenSet, writeImageSet } from '../fixtures/image-set-files.ts';
import type { BoxesFolder } from '../images/image-sets.ts';

export const BUILD_1 = '0123456789abcdef'.repeat(4);
export const BUILD_2 = 'fedcba9876543210'.repeat(4);

/** A box as most tests have it. */
export const CONTENT: DiskContent = { box: 'docker-box', board: 'odroid-c4', branch: 'main', buildId: BUILD_1 };

/** Content that takes some twelve reads: something can happen in between. */
export const LARGE: DiskContent = { ...CONTENT, noise: 12 * 1024 * 1024 };

/** A set as a catalog sees it now: where it is, in which state, and what the small files were written to say. */
export type SeenSet = ZstFile & Claims;

/** Writes a set into the folder `docker-box`, and looks at it. */
export async function makeSet(
  boxes: BoxesFolder,
  content: DiskContent = CONTENT,
  options?: ImageSetOptions,
): Promise<{ written: WrittenSet; set: SeenSet }> {
  const written = await writeImageSet(boxes.at('docker-box'), content, options);
  return { written, set: await see(boxes, written) };
}

/** Writes a set of the box `box` into a folder of that name, and looks at it. */
export async function makeSetIn(boxes: BoxesFolder, box: string): Promise<{ written: WrittenSet; set: SeenSet }> {
  const written = await writeImageSet(boxes.at(box), { ...CONTENT, box });
  return { written, set: await see(boxes, written, box) };
}

/** Looks at a set that was written before, and maybe changed. */
export async function see(boxes: BoxesFolder, written: WrittenSet, box = 'docker-box'): Promise<SeenSet> {
  const { image, buildId, rawSha256, zstSha256 } = written;
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(written.file('.img.zst'), { bigint: true });
  return {
    ...{ root: boxes.root, folder: boxes.at(box), image, buildId },
    checksums: { raw: rawSha256, zst: zstSha256 },
    identity: { dev, ino, size, mtimeNs, ctimeNs },
  };
}

/** The system's temporary folder for as long as this is not disposed, in this process and its threads. */
export async function ownTemporaryFolder(): Promise<AsyncDisposable & { spools(): Promise<string[]> }> {
  const before = process.env.TMPDIR;
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-checks-'));
  process.env.TMPDIR = folder;
  return {
    spools: async () => (await readdir(folder)).filter((name) => name.startsWith('mkbox-boot-')),
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What this process has open of which the path begins so (proc(5)). */
export async function openFilesAt(start: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return links.filter((link) => link.startsWith(start));
}
