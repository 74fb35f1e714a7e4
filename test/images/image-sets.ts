import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { smallImage, zstWith } from '../fixtures/smallest-image.ts';

/** A folder of boxes in the system's temporary folder; disposing it removes it, and what lies beside it. */
export interface BoxesFolder extends AsyncDisposable {
  /** The image folder, resolved. */
  readonly root: string;
  /** A path inside the image folder. */
  at(...names: string[]): string;
  /** A path beside the image folder. */
  beside(...names: string[]): string;
}

/** What goes into a set, where it matters. */
export interface SetContent {
  /** Any bytes as `.img.zst`. */
  readonly zst?: Buffer;
  /** What a `.img.zst` holds that is right, beside its image. */
  readonly payload?: Buffer;
  /** 64 hexadecimal digits. */
  readonly buildId?: string;
}

/** A set as it was written. */
export interface WrittenSet {
  /** Where `openImageSet` and its like find it. */
  readonly location: { readonly root: string; readonly folder: string; readonly image: string };
  readonly id: string;
  readonly buildId: string;
  readonly zst: Buffer;
  /** The digests in the `.img.sha256`. */
  readonly checksums: { readonly raw: string; readonly zst: string };
  /** The path of one of its files, by suffix: `.img.zst`. */
  file(suffix: string): string;
}

export const BUILD_A = 'a'.repeat(64);
export const BUILD_B = 'b'.repeat(64);

/** Makes an empty image folder. */
export async function makeBoxes(): Promise<BoxesFolder> {
  const parent = await realpath(await mkdtemp(path.join(tmpdir(), 'mkbox-boxes-')));
  const root = path.join(parent, 'boxes');
  await mkdir(root);
  return {
    root,
    at: (...names) => path.join(root, ...names),
    beside: (...names) => path.join(parent, ...names),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

/** Writes a complete set into the folder `box` of `root`: a small image as mkbox makes it unless told. */
export async function writeSet(
  root: string,
  box: string,
  image: string,
  { buildId = BUILD_A, ...content }: SetContent = {},
): Promise<WrittenSet> {
  const folder = path.join(root, box);
  const file = (suffix: string) => path.join(folder, image + suffix);
  const name = { box, image, buildId };
  const zst = content.zst ?? zstWith(name, content.payload ?? Buffer.from(`compressed ${image}`));
  const checksums = { raw: smallImage(name).rawSha256, zst: sha256(zst) };
  await mkdir(folder, { recursive: true });
  await writeFile(file('.img.buildID'), `${buildId}  ${image}.img\n`);
  await writeFile(file('.img.zst'), zst);
  await writeFile(file('.img.sha256'), `${checksums.raw}  ${image}.img\n${checksums.zst}  ${image}.img.zst\n`);
  return { location: { root, folder, image }, id: `${box}/${image}`, buildId, zst, checksums, file };
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Gives `target` a time long past, as everything has that was not just written. */
export function makeOld(target: string): Promise<void> {
  return utimes(target, 1_600_000_000, 1_600_000_000);
}
