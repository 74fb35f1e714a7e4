import path from 'node:path';
import type { UnpackedImage } from '../../images/catalog.ts';
import { boardConfDetails, checkDetail, compressionDetail } from './check-details.ts';
import type { Detail } from './detail.ts';
import { replacedText } from './earlier-words.ts';
import type { JudgedImage } from './image-health.ts';
import { healthText, unpackedText } from './image-words.ts';
import { bytesText, type Words } from './words.ts';

/** Who got an image last, as people call it, and when it asked, for people. */
export interface LastServed {
  readonly board: string;
  readonly when: string;
}

/** All there is to tell of an image. `rawBytes`: its size before compression, where that is known. */
export function imageDetails(
  judged: JudgedImage,
  rawBytes: number | undefined,
  lastServed: LastServed | undefined,
  words: Words,
  locale: string,
): Detail[] {
  const { image, check } = judged;
  const file = path.join(image.folder, `${image.image}.img.zst`);
  const details: Detail[] = [{ label: words.t('State'), value: healthText(judged, words), icon: 'pulse' }];
  if (judged.replaced !== undefined) {
    details.push({
      label: words.t('Served'),
      value: replacedText(judged.replaced, words, locale),
      icon: 'debug-step-back',
    });
  }
  if (image.raw === 'newer') {
    const value = words.t('newer than the .img.zst: pack it, and boards get it');
    details.push({ label: words.t('Raw image'), value, icon: 'archive' });
  }
  if (image.state.kind === 'ready') {
    const { buildId, checksums, zstBytes, builtAtMs } = image.state;
    details.push(
      checkDetail(check, words, locale),
      { label: words.t('Build ID'), value: buildId, icon: 'tag' },
      { label: words.t('Size'), value: sizeText(zstBytes, rawBytes, words, locale), icon: 'database' },
      ...(check === undefined ? [] : compressionDetail(check.examination, words)),
      { label: words.t('SHA-256, compressed'), value: checksums.zst, icon: 'lock' },
    );
    if (checksums.raw !== undefined) {
      details.push({ label: words.t('SHA-256, raw'), value: checksums.raw, icon: 'lock' });
    }
    details.push({ label: words.t('Built'), value: new Date(builtAtMs).toLocaleString(locale), icon: 'history' });
    if (check !== undefined) details.push(...boardConfDetails(image.image, check.examination, words));
  }
  details.push({ label: words.t('Path'), value: file, icon: 'file' });
  if (lastServed !== undefined) {
    const value = words.t('{0} at {1}', lastServed.board, lastServed.when);
    details.push({ label: words.t('Last served to'), value, icon: 'cloud-download' });
  }
  return details;
}

/** What there is to tell of a raw image without a set. */
export function unpackedDetails(image: UnpackedImage, words: Words, locale: string): Detail[] {
  return [
    { label: words.t('State'), value: unpackedText(words), icon: 'pulse' },
    { label: words.t('Size'), value: bytesText(image.bytes, locale), icon: 'database' },
    { label: words.t('Built'), value: new Date(image.writtenAtMs).toLocaleString(locale), icon: 'history' },
    { label: words.t('Path'), value: path.join(image.folder, `${image.image}.img`), icon: 'file' },
  ];
}

function sizeText(zstBytes: number, rawBytes: number | undefined, words: Words, locale: string): string {
  const compressed = bytesText(zstBytes, locale);
  if (rawBytes === undefined) return compressed;
  const ratio = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(rawBytes / zstBytes);
  return words.t('{0} compressed, {1} raw, ratio {2}', compressed, bytesText(rawBytes, locale), ratio);
}
