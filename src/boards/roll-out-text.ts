import { shortBuildId } from '../images/build-id.ts';
import { ENGLISH, type Words } from '../words.ts';
import type { RollOut } from './roll-out.ts';

/** Where a roll-out stands: which stage is open, or why it is halted. */
export function rollOutText({ state, stage, stages, members }: RollOut, words: Words = ENGLISH): string {
  switch (state.kind) {
    case 'running':
      return stageText(Math.min(stage + 1, stages.length), stages.length, members.length, words);
    case 'finished':
      return words.t('finished');
    case 'halted':
      switch (state.why.kind) {
        case 'overdue':
          return words.t('halted: a board that got it is overdue');
        case 'looping':
          return words.t('halted: a board that got it flashes itself again and again');
        case 'reports another':
          return words.t('halted: a board that got it reports another build');
        case 'person':
          return words.t('halted by {0}', state.why.by);
      }
  }
}

function stageText(stage: number, stages: number, boards: number, words: Words): string {
  return boards === 1
    ? words.t('stage {0} of {1}, 1 board so far', stage, stages)
    : words.t('stage {0} of {1}, {2} boards so far', stage, stages, boards);
}

/** A roll-out's state in one line of English, for a log. */
export function rollOutLine(rollOut: RollOut): string {
  return `roll-out of build ${shortBuildId(rollOut.build)} of ${rollOut.image}: ${rollOutText(rollOut)}`;
}
