import { type Examination, insideOf, type SoundContent } from '../../checks/examination.ts';
import { gapText } from '../../checks/finding-text.ts';
import { isVerified } from '../../checks/judgement.ts';
import type { Detail } from './detail.ts';
import type { Check } from './image-health.ts';
import { boardConfOf } from './known-parts.ts';
import type { Words } from './words.ts';

const MIB = 2 ** 20;

/** When an image was checked, what was, and what could not be. */
export function checkDetail(check: Check | undefined, words: Words, locale: string): Detail {
  const label = words.t('Checked');
  if (check === undefined) return { label, value: words.t('not yet'), icon: 'question' };
  const when = new Date(check.examination.examinedAtMs).toLocaleString(locale);
  const known = `${when}: ${checkedText(check, words)}`;
  const gaps = check.gaps.map((gap) => gapText(gap, words)).join(', ');
  const value = gaps === '' ? known : `${known}; ${words.t('not checked: {0}', gaps)}`;
  return { label, value, icon: checkIcon(check) };
}

function checkIcon(check: Check): string {
  if (check.findings.length > 0) return 'error';
  return isVerified(check) ? 'verified' : 'question';
}

function checkedText({ examination, gaps }: Check, words: Words): string {
  const { content } = examination;
  const hasRawDigest = content.kind === 'sound' && !gaps.some(({ kind }) => kind === 'no raw digest');
  const hasContents = insideOf(examination) !== undefined;
  return [
    hasRawDigest ? words.t('both SHA-256 digests') : words.t('SHA-256 of the .img.zst'),
    words.t('zstd frames'),
    ...(hasContents ? [words.t('contents')] : []),
  ].join(', ');
}

/** How an image is compressed, as far as it matters to a board. */
export function compressionDetail({ content }: Examination, words: Words): Detail[] {
  if (content.kind === 'damaged') return [];
  return [{ label: words.t('Compression'), value: compressionText(content, words), icon: 'file-zip' }];
}

function compressionText({ frames, windowBytes, isChecksummed }: SoundContent, words: Words): string {
  const window = Math.max(1, Math.round(windowBytes / MIB));
  return [
    frames === 1 ? words.t('1 zstd frame') : words.t('{0} zstd frames', frames),
    words.t('{0} MiB window', window),
    isChecksummed ? words.t('content checksums') : words.t('no content checksums'),
  ].join(', ');
}

/** What the image tells the board that runs it. */
export function boardConfDetails(image: string, examination: Examination, words: Words): Detail[] {
  const conf = boardConfOf(examination);
  if (conf === undefined) return [];
  const name = [conf.box, conf.board, conf.branch, conf.version].filter((part) => part !== undefined).join('-');
  const rows: readonly [label: string, value: string | undefined, icon: string][] = [
    [words.t('Name inside'), name === image ? undefined : name, 'symbol-string'],
    [words.t('Board'), conf.board, 'circuit-board'],
    [words.t('Architecture'), conf.arch, 'chip'],
    [words.t('Storage device'), conf.storageDevice, 'save'],
    [words.t('Update server'), conf.updateServer, 'server'],
    [words.t('Domain'), conf.domain, 'globe'],
  ];
  return rows.flatMap(([label, value, icon]) => (value ? [{ label, value, icon }] : []));
}
