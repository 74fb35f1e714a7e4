import type { Words } from './words.ts';

/** That nothing was done to a board, as it is no longer listed; without a name, the one that the user acts on. */
export function goneBoardText(name: string | undefined, words: Words): string {
  return name === undefined
    ? words.t('this board is no longer listed: nothing was done. It reappears when it next asks.')
    : words.t('the board {0} is no longer listed: nothing was done. It reappears when it next asks.', name);
}

/** The same of some of several boards. */
export function goneBoardsText(gone: number, of: number, words: Words): string {
  return gone === 1
    ? words.t('1 of {0} boards is no longer listed: nothing was done to it. It reappears when it next asks.', of)
    : words.t(
        '{0} of {1} boards are no longer listed: nothing was done to them. They reappear when they next ask.',
        gone,
        of,
      );
}
