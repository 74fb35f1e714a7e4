import type { AuditEntry } from '../../control/audit-log.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { Detail } from './detail.ts';
import type { Words } from './words.ts';

/** What was decided about a board, newest first, as details. */
export function actDetails(entries: readonly AuditEntry[], words: Words, locale: string): Detail[] {
  return entries.map((entry) => {
    const { by, atMs, why } = entry;
    const who = words.t('{0}, {1}', by, new Date(atMs).toLocaleString(locale));
    const value = [who, about(entry, words), why].filter((part) => part !== undefined && part !== '').join(' · ');
    return { label: actLabel(entry, words), value, icon: 'history' };
  });
}

function actLabel({ act }: AuditEntry, words: Words): string {
  switch (act) {
    case 'hold':
      return words.t('Put on hold');
    case 'release':
      return words.t('Released');
    case 'pin':
      return words.t('Pinned');
    case 'unpin':
      return words.t('Unpinned');
    case 'serve once':
      return words.t('Served once');
    case 'fault':
      return words.t('Fault on purpose');
    case 'tag':
      return words.t('Tagged');
    case 'rename':
      return words.t('Renamed');
    case 'forget':
      return words.t('Forgotten');
    case 'stop':
      return words.t('Stopped');
    case 'serve build':
      return words.t('Build served');
    case 'publish':
      return words.t('Published');
    case 'roll-out':
      return words.t('Roll-out');
  }
}

function about({ act, image, build, detail }: AuditEntry, words: Words): string | undefined {
  if ((act !== 'pin' && act !== 'serve once') || image === undefined) return detail;
  const name = image.slice(image.indexOf('/') + 1);
  return build === undefined ? name : words.t('build {0} of {1}', shortBuildId(build), name);
}
