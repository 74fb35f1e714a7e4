import type { ImageContents } from '../contents/image-contents.ts';
import type { ZstdDamage } from '../images/zstd/frame-scanner.ts';
import type { ZstdContent } from '../images/zstd/zstd-decoder.ts';

/**
 * What reading a `.img.zst` to its end showed: facts about that file alone, whatever the files beside it say. It can be
 * written as JSON.
 */
export interface Examination {
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly zstSha256: string;
  /** When it was read: milliseconds since 1970. */
  readonly examinedAtMs: number;
  readonly content: SoundContent | DamagedContent;
}

/** The file decompresses to its end. */
export interface SoundContent extends ZstdContent {
  readonly kind: 'sound';
  /** SHA-256 of the raw image, lower-case hexadecimal. */
  readonly rawSha256: string;
  readonly rawBytes: number;
  /** What was found in the raw image, or why there was no room to keep its boot partition for a look, and where. */
  readonly inside: ImageContents | string;
}

/** The file does not decompress to its end. */
export interface DamagedContent {
  readonly kind: 'damaged';
  readonly damage: ZstdDamage;
}

/** What was found in the raw image; undefined where there is no look inside, or nothing to look into. */
export function insideOf({ content }: Examination): ImageContents | undefined {
  return content.kind === 'sound' && typeof content.inside !== 'string' ? content.inside : undefined;
}

/** Where there was no room for the look inside, there may be some after this time; reading an image takes seconds. */
const LOOK_AGAIN_AFTER_MS = 60_000;

/** Whether all was looked at that can be. */
export function isComplete({ content }: Examination): boolean {
  return content.kind === 'damaged' || typeof content.inside !== 'string';
}

/** Whether the file is to be read again at `nowMs` (milliseconds since 1970), for what could not be looked at before. */
export function isDueAgain(examination: Examination, nowMs: number): boolean {
  const ageMs = nowMs - examination.examinedAtMs;
  return !isComplete(examination) && (ageMs < 0 || ageMs >= LOOK_AGAIN_AFTER_MS);
}
