import { shortBuildId } from '../images/build-id.ts';
import { printable } from '../printable.ts';
import { ENGLISH, type Words } from '../words.ts';
import type { Reflashing } from './board.ts';
import type { Reflash } from './board-events.ts';

/** That a board flashes itself at every boot, without naming it, and what to look for. What it reports may be anything. */
export function reflashText({ build, times, reported }: Reflashing, words: Words = ENGLISH): string {
  return words.t(
    'flashes itself at every boot: it got build {0} {1} times in a row and still reports {2}; does it boot from the storage that it writes to, and is that intact?',
    shortBuildId(build),
    times,
    printable(shortBuildId(reported)),
  );
}

/** The reflash in English, in one line, with the board. */
export function reflashLine({ board: { address, history }, state }: Reflash): string {
  return `the board ${address}, given ${history[0]?.image ?? ''}, ${reflashText(state)}`;
}
