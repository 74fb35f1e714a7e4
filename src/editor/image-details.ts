import type { Transfer } from '../server/transfer.ts';
import type { JudgedImage } from './image-health.ts';
import { healthText } from './image-words.ts';
import { bytesText, clientText, type Words } from './words.ts';

/** A fact about an image: a row below it. */
export interface Detail {
  readonly label: string;
  /** In full, as it is copied. */
  readonly value: string;
  /** A codicon's name. */
  readonly icon: string;
}

/** All there is to tell of an image. `rawBytes`: its size before compression, where that is known. */
export function imageDetails(
  judged: JudgedImage,
  rawBytes: number | undefined,
  lastServed: Transfer | undefined,
  words: Words,
  locale: string,
): Detail[] {
  const { image } = judged;
  const path = `${image.folder}/${image.image}.img.zst`;
  const details: Detail[] = [{ label: words.t('State'), value: healthText(judged, words), icon: 'pulse' }];
  if (image.state.kind === 'ready') {
    const { buildId, checksums, zstBytes, builtAtMs } = image.state;
    details.push(
      { label: words.t('Build ID'), value: buildId, icon: 'tag' },
      { label: words.t('Size'), value: sizeText(zstBytes, rawBytes, words, locale), icon: 'database' },
      { label: words.t('SHA-256, compressed'), value: checksums.zst, icon: 'lock' },
    );
    if (checksums.raw !== undefined) {
      details.push({ label: words.t('SHA-256, raw'), value: checksums.raw, icon: 'lock' });
    }
    details.push({ label: words.t('Built'), value: new Date(builtAtMs).toLocaleString(locale), icon: 'history' });
  }
  details.push({ label: words.t('Path'), value: path, icon: 'file' });
  if (lastServed !== undefined) {
    const when = new Date(lastServed.startedAtMs).toLocaleTimeString(locale);
    const value = words.t('{0} at {1}', clientText(lastServed.client), when);
    details.push({ label: words.t('Last served to'), value, icon: 'cloud-download' });
  }
  return details;
}

function sizeText(zstBytes: number, rawBytes: number | undefined, words: Words, locale: string): string {
  const compressed = bytesText(zstBytes, locale);
  if (rawBytes === undefined) return compressed;
  const ratio = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(rawBytes / zstBytes);
  return words.t('{0} compressed, {1} raw, ratio {2}', compressed, bytesText(rawBytes, locale), ratio);
}
