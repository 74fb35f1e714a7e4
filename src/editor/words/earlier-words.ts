import type { KeptBuild } from '../../builds/kept-build.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogImage, Replaced } from '../../images/catalog.ts';
import { ageText, bytesText, type Words } from './words.ts';

/** What is shown of a build that is kept. */
export interface SeenBuild {
  readonly build: KeptBuild;
  /** How many boards run it. */
  readonly boards: number;
  /** Whether boards get it in place of the newest. */
  readonly isServed: boolean;
}

/** What stands behind a kept build: when it was built, its size, who runs it, and whether it is served. */
export function keptBuildText(
  { build, boards, isServed }: SeenBuild,
  nowMs: number,
  words: Words,
  locale: string,
): string {
  const { state, bytes, keptAtMs } = build;
  const builtAtMs = state.kind === 'ready' ? state.builtAtMs : keptAtMs;
  return [
    ageText(builtAtMs, nowMs, locale),
    bytesText(bytes, locale),
    ...(state.kind === 'ready' ? [] : [words.t('not complete')]),
    ...(boards === 0 ? [] : [boards === 1 ? words.t('1 board runs it') : words.t('{0} boards run it', boards)]),
    ...(isServed ? [words.t('served')] : []),
  ].join(' · ');
}

/** That a build is served in place of the newest one of its image: who wanted that, and since when. */
export function replacedText({ choice }: Replaced, words: Words, locale: string): string {
  const { build, by, atMs, why } = choice;
  const since = new Date(atMs).toLocaleString(locale);
  const text = words.t('build {0} in place of the newest, chosen by {1} on {2}', shortBuildId(build), by, since);
  return why === undefined ? text : `${text}: ${why}`;
}

/** Of which images earlier builds are served; undefined where of none. */
export function earlierServedText(images: readonly CatalogImage[], words: Words): string | undefined {
  const names = images.filter(({ inPlaceOf }) => inPlaceOf !== undefined).map(({ image }) => image);
  return names.length === 0 ? undefined : words.t('earlier builds are served of {0}', names.join(', '));
}
