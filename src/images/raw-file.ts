import path from 'node:path';
import type { FileLooks } from './file-looks.ts';
import type { SetLocation } from './image-set.ts';

/** The name of a raw image, which sets are packed from, ends so. */
const RAW_SUFFIX = '.img';

/** A raw image as it was last seen. Its time proves nothing; it is for people. */
export interface RawFile {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly writtenAtMs: number;
}

/** The image that a raw image's file belongs to: `docker-box-pi` for `docker-box-pi.img`; undefined for any other file. */
export function imageOfRawFile(fileName: string): string | undefined {
  const isRaw = fileName.length > RAW_SUFFIX.length && fileName.endsWith(RAW_SUFFIX);
  return isRaw ? fileName.slice(0, -RAW_SUFFIX.length) : undefined;
}

/** Looks at `<image>.img`; undefined where there is none, or something that is no regular file and can't be packed. */
export async function lookAtRawFile({ folder, image }: SetLocation, looks: FileLooks): Promise<RawFile | undefined> {
  const raw = await looks.see(path.join(folder, image + RAW_SUFFIX));
  if (raw.kind === 'fault') return undefined;
  const { size, mtimeNs } = raw.identity;
  return { bytes: Number(size), writtenAtMs: Number(mtimeNs / 1_000_000n) };
}
