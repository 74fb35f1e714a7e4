import type { FileType } from '../../contents/file-node.ts';
import type { FileAspect, FileChange, PackageChange } from '../../contents/inventory-difference.ts';
import { bytesText, type Words } from './words.ts';

/** What a group of changes is of; `expected` are those that every build has. */
export type ChangeGroup = 'packages' | 'boardConf' | 'files' | 'initramfs' | 'expected';

/** How many of each kind, and the bytes that they add; below 0: that they free. */
export interface Counts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly bytes: number;
}

/** What a group of changes is called. */
export function groupLabel(group: ChangeGroup, words: Words): string {
  switch (group) {
    case 'packages':
      return words.t('Packages');
    case 'boardConf':
      return 'board.conf';
    case 'files':
      return words.t('Files');
    case 'initramfs':
      return 'initramfs';
    case 'expected':
      return words.t('Expected');
  }
}

/** How many there are in a group of each kind, and the size that they add or free: `1 added, 2 updated · +12 kB`. */
export function groupText(group: ChangeGroup, counts: Counts, words: Words, locale: string): string {
  const changed =
    group === 'packages' ? words.t('{0} updated', counts.changed) : words.t('{0} changed', counts.changed);
  return partsText(counts, changed, words, locale);
}

/** The same of files in a folder. */
export function countsText(counts: Counts, words: Words, locale: string): string {
  return groupText('files', counts, words, locale);
}

function partsText({ added, removed, changed, bytes }: Counts, changedText: string, words: Words, locale: string) {
  const counts = [
    ...(added === 0 ? [] : [words.t('{0} added', added)]),
    ...(removed === 0 ? [] : [words.t('{0} removed', removed)]),
    ...(changed === 0 ? [] : [changedText]),
  ];
  return [counts.join(', '), ...(bytes === 0 ? [] : [signedBytesText(bytes, locale)])].join(' · ');
}

/** `1.36.1-r2 → 1.37.0-r18 · +4 kB`; the version alone where the package came or went. */
export function packageChangeText({ before, after, bytes }: PackageChange, locale: string): string {
  const versions = new Set([before?.version, after?.version].filter((version) => version !== undefined));
  return [[...versions].join(' → '), ...(bytes === 0 ? [] : [signedBytesText(bytes, locale)])].join(' · ');
}

/** What changed of a file: `content +12 byte · mode 644 → 755`. */
export function fileChangeText(change: FileChange, words: Words, locale: string): string {
  const { kind, before, after, bytes, changes } = change;
  if (kind !== 'changed') {
    const { target } = after ?? before ?? {};
    return target === undefined ? (bytes === 0 ? '' : signedBytesText(bytes, locale)) : `→ ${target}`;
  }
  return [...changes].map((aspect) => aspectText(aspect, change, words, locale)).join(' · ');
}

/** Whether a file came, went, or is another, in one word. */
export function kindText(kind: FileChange['kind'] | PackageChange['kind'], words: Words): string {
  switch (kind) {
    case 'added':
      return words.t('added');
    case 'removed':
      return words.t('removed');
    case 'changed':
      return words.t('changed');
    case 'updated':
      return words.t('updated');
  }
}

function aspectText(aspect: FileAspect, { before, after, bytes }: FileChange, words: Words, locale: string): string {
  const mode = (bits = 0) => bits.toString(8);
  switch (aspect) {
    case 'content':
      return bytes === 0 ? words.t('content') : words.t('content {0}', signedBytesText(bytes, locale));
    case 'mode':
      return words.t('mode {0} → {1}', mode(before?.mode), mode(after?.mode));
    case 'owner':
      return words.t('owner {0} → {1}', `${before?.uid}:${before?.gid}`, `${after?.uid}:${after?.gid}`);
    case 'type':
      return `${typeText(before?.type, words)} → ${typeText(after?.type, words)}`;
    case 'target':
      return `${before?.target} → ${after?.target}`;
    case 'attributes':
      return words.t('extended attributes');
  }
}

function typeText(type: FileType | undefined, words: Words): string {
  switch (type) {
    case undefined:
      return '';
    case 'file':
      return words.t('file');
    case 'folder':
      return words.t('folder');
    case 'link':
      return words.t('link');
    case 'character device':
    case 'block device':
      return words.t('device');
    case 'fifo':
      return words.t('pipe');
    case 'socket':
      return words.t('socket');
  }
}

/** What is added, or freed, for people: `+12 kB`, `−1.2 MB`. */
function signedBytesText(bytes: number, locale: string): string {
  return `${bytes < 0 ? '−' : '+'}${bytesText(Math.abs(bytes), locale)}`;
}
