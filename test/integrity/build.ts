import { hash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import { type DiskContent, imageNameOf, makeDiskImage } from '../fixtures/disk-image.ts';

/** The files of a set by what follows the image's name, in the order mkbox builds them. */
export const SUFFIXES = ['.img.buildID', '.img.zst', '.img.sha256'] as const;
export type Suffix = (typeof SUFFIXES)[number];

export const FIRST_BUILD = '0123456789abcdef'.repeat(4);
export const SECOND_BUILD = 'fedcba9876543210'.repeat(4);

/** A build that is complete: what boards get of it, and what is on their disks then. */
export interface Build {
  readonly content: DiskContent;
  readonly image: string;
  readonly raw: Buffer;
  /** In hexadecimal, as `Boot.diskSha256` is. */
  readonly rawSha256: string;
  readonly files: Readonly<Record<Suffix, Buffer>>;
}

/** Builds a box in memory, with one frame that has a checksum of its content, as zstd(1) makes it. */
export function buildOf(content: DiskContent): Build {
  const image = imageNameOf(content);
  const raw = makeDiskImage(content);
  const rawSha256 = hash('sha256', raw);
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
  const zst = zstdCompressSync(raw, { params, pledgedSrcSize: raw.length });
  const files = {
    '.img.buildID': Buffer.from(`${content.buildId}  ${image}.img\n`),
    '.img.zst': zst,
    '.img.sha256': Buffer.from(sums(image, rawSha256, zst)),
  };
  return { content, image, raw, rawSha256, files };
}

/** What sha256sum(1) prints of a raw image with that digest, and of its `.img.zst`. */
export function sums(image: string, rawSha256: string, zst: Buffer): string {
  return `${rawSha256}  ${image}.img\n${hash('sha256', zst)}  ${image}.img.zst\n`;
}
