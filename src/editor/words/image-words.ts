import { findingText, wrongText } from '../../checks/finding-text.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { UnpackedImage, UnreadableFolder } from '../../images/catalog.ts';
import type { ImageParts } from '../../images/image-parts.ts';
import { plainNameHint } from '../../images/plain-name.ts';
import { faultText, incompleteText } from '../../images/set-fault-text.ts';
import type { ImageHealth, JudgedImage } from './image-health.ts';
import { IN_THE_EDITOR } from './remedies.ts';
import { ageText, bytesText, type Words } from './words.ts';

function unreachableText(
  image: string,
  why: Extract<ImageHealth, { kind: 'unreachable' }>['why'],
  words: Words,
): string {
  switch (why.kind) {
    case 'hidden':
      return words.t('unreachable: {0} comes first for every query', why.by);
    case 'no board':
      return words.t('unreachable: its name contains no board of this workspace');
    case 'not plain':
      return words.t('unreachable: {0}', plainNameHint(image, words) ?? '');
  }
}

/** An image's state in words. */
export function healthText({ image, health, otherName, check }: JudgedImage, words: Words): string {
  switch (health.kind) {
    case 'shadowed':
      return words.t('not served: another folder of the workspace has an image of this name');
    case 'incomplete':
      return incompleteText(faultText(health.fault, words), words);
    case 'wrong':
      return wrongText(findingText(image.image, health.finding, words, IN_THE_EDITOR), words);
    case 'sending':
      return words.t('being sent to a board');
    case 'unreachable':
      return unreachableText(image.image, health.why, words);
    case 'ready':
      if (health.isForeign) return words.t('ready, not verified: mkbox did not make this image');
      if (otherName !== undefined) return words.t('ready, verified; a board that runs it asks for {0} next', otherName);
      if (check === undefined) return words.t('ready, not verified yet');
      return health.verified ? words.t('ready, verified') : words.t('ready');
  }
}

/** That images are being verified in the background, and how many are left; empty where none is. */
export function verifyingText(left: number, words: Words): string {
  return left === 0 ? '' : words.t('verifying, {0} left', left);
}

/** That a folder can't be read for now. */
export function unreadableWords({ code }: UnreadableFolder, words: Words): string {
  return words.t('cannot be read ({0})', code);
}

/** The state in words of a raw image without a set. */
export function unpackedText(words: Words): string {
  return words.t('not packed: boards get it once it is packed');
}

/** That there is no image to choose from. */
export function noneReadyText(words: Words): string {
  return words.t('mkbox: there is no image that is ready.');
}

/** How many images boards can get. */
export function readyText(count: number, words: Words): string {
  return count === 1 ? words.t('1 image ready') : words.t('{0} images ready', count);
}

/**
 * An image's name in its box's folder: what tells it from its neighbours, as far as its `parts` are known. The box by which
 * boards get it follows where that is another than its folder's.
 */
export function nameInBox(image: string, folder: string, parts: ImageParts | undefined): string {
  if (parts !== undefined) {
    const name = [parts.board, parts.branch, parts.version].filter((part) => part !== undefined).join(' · ');
    return parts.box === folder ? name : `${name} (${parts.box})`;
  }
  return image.startsWith(`${folder}-`) ? image.slice(folder.length + 1) : image;
}

/** An image's name below that of its board. */
export function nameBelowBoard({ board, branch, version }: ImageParts): string {
  return [branch, version].filter((part) => part !== undefined).join(' · ') || board;
}

/** What stands behind an image's name: its state where that is to be known, its age and size. */
export function imageDescription(judged: JudgedImage, nowMs: number, words: Words, locale: string): string {
  const { image, health, replaced } = judged;
  const earlier = replaced === undefined ? [] : [words.t('serving build {0}', shortBuildId(replaced.choice.build))];
  if (image.state.kind === 'incomplete') return [words.t('not ready'), ...earlier].join(' · ');
  const { builtAtMs, zstBytes } = image.state;
  const age = ageText(builtAtMs, nowMs, locale);
  return [...marks(judged, health, words), ...earlier, age, bytesText(zstBytes, locale)].join(' · ');
}

function marks({ image, otherName }: JudgedImage, health: JudgedImage['health'], words: Words): string[] {
  if (health.kind === 'shadowed') return [words.t('not served')];
  if (health.kind === 'wrong') return [words.t('wrong')];
  const foreign = health.kind === 'ready' && health.isForeign ? [words.t('foreign')] : [];
  const other = otherName === undefined ? [] : [words.t('{0} inside', otherName)];
  return [...foreign, ...other, ...(image.raw === 'newer' ? [words.t('raw image is newer')] : [])];
}

/** What stands behind the name of a raw image without a set: that it is one, its age and size. */
export function unpackedDescription(
  { writtenAtMs, bytes }: UnpackedImage,
  nowMs: number,
  words: Words,
  locale: string,
): string {
  return [words.t('not packed'), ageText(writtenAtMs, nowMs, locale), bytesText(bytes, locale)].join(' · ');
}
