import type { BuildRefusal } from '../../boxbuild/build-refusal.ts';
import { bytesText, durationText, type Words } from './words.ts';

const MINUTE_MS = 60_000;

/** How long a build takes, or took: seconds in the first minute, then minutes. */
export function buildTimeText(milliseconds: number, locale: string): string {
  if (milliseconds < MINUTE_MS) return durationText(Math.max(1, Math.floor(milliseconds / 1000)) * 1000, locale);
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'short' }).format(
    Math.floor(milliseconds / MINUTE_MS),
  );
}

/** That an image is being built, since when, and how long the last build took, where that is known. */
export function buildingText(sinceMs: number, lastMs: number | undefined, words: Words, locale: string): string {
  const since = buildTimeText(sinceMs, locale);
  return lastMs === undefined
    ? words.t('building, {0}', since)
    : words.t('building, {0}; the last build took {1}', since, buildTimeText(lastMs, locale));
}

/** What the row of an image that is being built says in full. */
export function buildingState(isServed: boolean, words: Words): string {
  return isServed ? words.t('being built; boards get the build before it until then') : words.t('being built');
}

/** That a file is newer than the image that is made of it. */
export function staleText(file: string, words: Words): string {
  return words.t('older than {0}', file);
}

/** What came of a build: how long it took, and its size beside that of the build before. */
export function builtText(
  built: { readonly image: string; readonly tookMs: number; readonly zstBytes: number },
  bytesBefore: number | undefined,
  words: Words,
  locale: string,
): string {
  const { image, tookMs, zstBytes } = built;
  const [time, size] = [buildTimeText(tookMs, locale), bytesText(zstBytes, locale)];
  if (bytesBefore === undefined) return words.t('{0} was built in {1}: {2}.', image, time, size);
  const difference = zstBytes - bytesBefore;
  const amount = bytesText(Math.abs(difference), locale);
  if (difference === 0) return words.t('{0} was built in {1}: {2}, as before.', image, time, size);
  return difference > 0
    ? words.t('{0} was built in {1}: {2}, {3} more than before.', image, time, size, amount)
    : words.t('{0} was built in {1}: {2}, {3} less than before.', image, time, size, amount);
}

/** How many packages differ from the build before. */
export function packagesChangedText(count: number, words: Words): string {
  if (count === 0) return words.t('No package changed.');
  return count === 1 ? words.t('1 package changed.') : words.t('{0} packages changed.', count);
}

/** Which boards get a new build when they boot next. */
export function boardsToUpdateText(count: number, words: Words): string {
  return count === 1
    ? words.t('1 board will get it at its next boot.')
    : words.t('{0} boards will get it at their next boot.', count);
}

/** That a build ended without a new image. */
export function failedText(what: string, status: number, words: Words): string {
  return status === 0
    ? words.t('{0}: mkbox ended without a new image. The terminal tells why.', what)
    : words.t('{0}: mkbox failed (exit status {1}). The terminal tells why.', what, status);
}

/** Why a package was not installed, on the line that names it. */
export function failedPackageText(name: string, board: string, isUnknown: boolean, words: Words): string {
  return isUnknown
    ? words.t('apk found no package {0} when this was built for {1}.', name, board)
    : words.t('apk could not install {0} when this was built for {1}. The terminal tells why.', name, board);
}

/** Why a build stopped at a command, on the line that calls it. */
export function unknownCommandText(name: string, board: string, words: Words): string {
  return words.t('bash did not find the command {0} when this was built for {1}.', name, board);
}

/** Why nothing is built. */
export function refusedText(refusal: BuildRefusal, words: Words): string {
  switch (refusal.kind) {
    case 'not trusted':
      return words.t('images are built only in workspaces you trust.');
    case 'no BOXBUILD':
      return words.t('there is no BOXBUILD at {0}.', refusal.path);
    case 'no mkbox':
      return words.t(
        'mkbox was not found at {0}. To build in another way, set mkbox.buildCommand.',
        refusal.searched.join(', '),
      );
    case 'building already':
      return words.t('{0} is being built already.', refusal.image);
    case 'bad name':
      return words.t(
        '"{0}" cannot be part of an image\'s name: letters, digits, dots, dashes, underscores and plus signs can.',
        refusal.part,
      );
  }
}
