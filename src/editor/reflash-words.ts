import type { Reflashing } from '../boards/board.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { Words } from './words.ts';

/** That a board flashes itself at every boot, in the user's language, and what to look for. */
export function reflashWords({ build, times, reported }: Reflashing, words: Words): string {
  return words.t(
    'flashes itself at every boot: it got build {0} {1} times in a row and still reports {2}; does it boot from the storage that it writes to?',
    shortBuildId(build),
    times,
    shortBuildId(reported),
  );
}
