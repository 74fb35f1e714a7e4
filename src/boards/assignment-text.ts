import { shortBuildId } from '../images/build-id.ts';
import { printable } from '../printable.ts';
import { ENGLISH, type Words } from '../words.ts';
import type { Assignment, Reason, Until } from './assignment.ts';
import type { Act } from './board.ts';
import { rollOutText } from './roll-out-text.ts';

/** A time as its readers write it. */
export type TimeText = (ms: number) => string;

/** What a board gets, and why, as one clause; undefined where it is what it asks for, in the newest build. */
export function assignmentText(
  assignment: Assignment,
  time: TimeText = utcText,
  words: Words = ENGLISH,
): string | undefined {
  switch (assignment.kind) {
    case 'newest':
      return undefined;
    case 'held':
      return assignment.held === undefined
        ? words.t('gets no updates until it is released')
        : words.t('gets no updates until it is released: held by {0}', actText(assignment.held, time, words));
    case 'build':
      return words.t(
        'gets build {0} of {1}: {2}',
        shortBuildId(assignment.build),
        nameOf(assignment.image),
        reasonText(assignment.why, time, words),
      );
    case 'image':
      return words.t('gets {0}: {1}', nameOf(assignment.image), reasonText(assignment.why, time, words));
    case 'nothing':
      return untilText(assignment.until, time, words);
  }
}

function untilText(until: Until, time: TimeText, words: Words): string {
  switch (until.kind) {
    case 'loop stopped':
      return words.t(
        'gets nothing until there is another build than {0}, which it got {1} times, or it is released: it still reports {2}; look for an external card that it copies at each boot, a storage that keeps nothing, and whether the build ID inside the image is the one beside it',
        shortBuildId(until.build),
        until.times,
        printable(shortBuildId(until.reported)),
      );
    case 'not its turn':
      return words.t(
        'gets nothing yet: build {0} is rolled out ({1})',
        shortBuildId(until.rollOut.build),
        rollOutText(until.rollOut, words),
      );
    case 'build missing': {
      const why = reasonText(until.why, time, words);
      const image = nameOf(until.image);
      return until.build === undefined
        ? words.t('gets nothing until {0} is there: {1}', image, why)
        : words.t('gets nothing until build {0} of {1} is there: {2}', shortBuildId(until.build), image, why);
    }
  }
}

function reasonText({ kind, act }: Reason, time: TimeText, words: Words): string {
  const who = actText(act, time, words);
  switch (kind) {
    case 'pin':
      return words.t('pinned by {0}', who);
    case 'once':
      return words.t('served once by {0}', who);
    case 'earlier':
      return words.t('served in place of the newest by {0}', who);
  }
}

/** Who did something, and when, and why if they said so. */
function actText({ by, atMs, why }: Act, time: TimeText, words: Words): string {
  return why === undefined
    ? words.t('{0}, since {1}', by, time(atMs))
    : words.t('{0}, since {1} ({2})', by, time(atMs), why);
}

/** The same for all readers: ISO 8601 in UTC, to the minute. */
function utcText(ms: number): string {
  return `${new Date(ms).toISOString().replace('T', ' ').slice(0, 16)} UTC`;
}

function nameOf(image: string): string {
  return image.slice(image.indexOf('/') + 1);
}
