import type { JudgedImage } from './image-health.ts';
import { faultWords } from './request-words.ts';
import { ageText, bytesText, type Words } from './words.ts';

/** An image's state in words. */
export function healthText({ image, health }: JudgedImage, words: Words): string {
  switch (health.kind) {
    case 'shadowed':
      return words.t('not served: another folder of the workspace has an image of this name');
    case 'incomplete':
      return words.t('building or incomplete: {0}', faultWords(health.fault, words));
    case 'wrong checksum':
      return words.t('wrong checksum: {0}.img.zst is not what its .img.sha256 says; build it again', image.image);
    case 'sending':
      return words.t('being sent to a board');
    case 'unreachable':
      return health.why.kind === 'hidden'
        ? words.t('no board gets it by its query: {0} comes first', health.why.by)
        : words.t('no board gets it by its query: its name holds no board of this workspace');
    case 'ready':
      return health.verified ? words.t('ready, checksum verified') : words.t('ready');
  }
}

/** What stands behind an image's name: what tells it from its neighbours, then its age and size. */
export function imageDescription(judged: JudgedImage, nowMs: number, words: Words, locale: string): string {
  const { image, parts, health } = judged;
  const named = [parts?.board, parts?.branch, parts?.version].filter((part) => part !== undefined);
  if (image.state.kind === 'incomplete') return [...named, words.t('not ready')].join(' · ');
  const { builtAtMs, zstBytes } = image.state;
  const age = ageText(builtAtMs, nowMs, locale);
  const mark = health.kind === 'shadowed' ? [words.t('not served')] : [];
  return [...named, age, bytesText(zstBytes, locale), ...mark].join(' · ');
}
