import { shortBuildId } from '../images/build-id.ts';
import { COMMAND_LINE } from '../remedies.ts';
import { refusalText } from '../server/refusal.ts';
import { breakText, resultText } from '../server/transfer-line.ts';
import { ENGLISH, type Words } from '../words.ts';
import type { BoardState } from './board.ts';
import { reflashText } from './reflash-text.ts';

/** States whose text has no size, time or place in the queue. */
type PlainState = Exclude<BoardState, { kind: 'waiting' | 'downloading' | 'broken off' | 'silent' }>;

/** A board's state, as one clause. */
export function stateText(state: PlainState, words: Words = ENGLISH, remedies = COMMAND_LINE): string {
  switch (state.kind) {
    case 'checking':
      return words.t('checking');
    case 'flashing':
      return words.t('flashing build {0}', shortBuildId(state.build));
    case 'overdue':
      return words.t('overdue: expected to report build {0}', shortBuildId(state.build));
    case 'confirmed':
      return words.t('confirmed: it runs build {0}', shortBuildId(state.build));
    case 'up to date':
    case 'held':
      return resultText(state.kind, words);
    case 'withheld':
      return resultText(state.why, words);
    case 'refused':
      return refusedText(state, words, remedies);
    case 'reflashing':
      return reflashText(state, words);
  }
}

/** Why a board got nothing. */
export function refusedText(
  { refusal }: Pick<Extract<BoardState, { kind: 'refused' }>, 'refusal'>,
  words: Words = ENGLISH,
  remedies = COMMAND_LINE,
): string {
  return refusal.kind === 'told' ? refusal.text : refusalText(refusal, words, remedies);
}

/** That a board's download ended early. `at` and `of`: how far it came, and its whole size, in human units. */
export function brokenOffText(
  { reason }: Extract<BoardState, { kind: 'broken off' }>,
  at: string,
  of: string,
  words: Words = ENGLISH,
): string {
  return words.t('broken off at {0} of {1}: {2}', at, of, breakText(reason, words));
}
