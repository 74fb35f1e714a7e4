import type { Halt, RollOut } from '../../boards/roll-out.ts';
import { rollOutText } from '../../boards/roll-out-text.ts';
import type { Since } from '../../control/as-shown.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { Words } from './words.ts';

/** Where a roll-out stands, with how many boards run its build. */
export function withProgress(
  text: string,
  { confirmed, of }: { readonly confirmed: number; readonly of: number },
  words: Words,
): string {
  return words.t('{0}; {1} of {2} confirmed', text, confirmed, of);
}

/** Why a roll-out halted by itself; `board`: the name of the one that failed. */
export function haltText(
  { build, image }: RollOut,
  { kind }: Exclude<Halt, { kind: 'person' }>,
  board: string,
  words: Words,
): string {
  const id = shortBuildId(build);
  switch (kind) {
    case 'overdue':
      return words.t(
        'mkbox: the roll-out of build {0} of {1} halted: {2} is overdue. Boards that have not got it keep what they run.',
        id,
        image,
        board,
      );
    case 'looping':
      return words.t(
        'mkbox: the roll-out of build {0} of {1} halted: {2} flashes itself again and again. Boards that have not got it keep what they run.',
        id,
        image,
        board,
      );
    case 'reports another':
      return words.t(
        'mkbox: the roll-out of build {0} of {1} halted: {2} got it and reports another build. Boards that have not got it keep what they run.',
        id,
        image,
        board,
      );
  }
}

/** Why nothing was done about a roll-out: it is not what it was when it was shown. */
export function notAsShownText(
  { build, image }: Pick<RollOut, 'build' | 'image'>,
  since: Exclude<Since, { kind: 'same' }>,
  words: Words,
): string {
  const id = shortBuildId(build);
  return since.kind === 'replaced'
    ? words.t('build {0} of {1} is no longer the newest: nothing was done.', id, image)
    : words.t(
        'the roll-out of build {0} of {1} has changed meanwhile ({2}): nothing was done.',
        id,
        image,
        rollOutText(since.now, words),
      );
}

/** That there is nothing to go back to. */
export function notKeptText({ former, image }: RollOut, words: Words): string {
  return words.t(
    "mkbox: build {0} of {1} is no longer kept: boards can't go back to it.",
    shortBuildId(former ?? ''),
    image,
  );
}
