import { UserError } from '../errors.ts';
import type { Stage } from './roll-out.ts';

/** The stages of a roll-out that someone begins, where neither they nor a setting name any. */
export const USUAL_STAGES: readonly Stage[] = [
  { kind: 'boards', count: 1 },
  { kind: 'percent', percent: 10 },
  { kind: 'all' },
];

/**
 * Reads the stages of a roll-out as people write them: numbers of boards, shares of them, `all`; a list that does not end
 * with all boards is given that. @throws UserError for what is no stage
 */
export function readStages(texts: readonly string[]): readonly Stage[] {
  const read = texts.map(readStage);
  return read.at(-1)?.kind === 'all' ? read : [...read, { kind: 'all' }];
}

function readStage(text: string): Stage {
  if (text === 'all') return { kind: 'all' };
  const [, amount = '', sign] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  const number = Number(amount);
  if (amount !== '' && number > 0 && sign === '') return { kind: 'boards', count: number };
  if (amount !== '' && number > 0 && number <= 100) return { kind: 'percent', percent: number };
  throw new UserError((words) => words.t('stages are such as 1,10%,all; {0} is none', JSON.stringify(text)));
}
