import { type Fault, isIn, KB_PER_SECOND, type NumberRange, PERCENT, SECONDS } from '../../server/sending/fault.ts';
import type { Words } from './words.ts';

/** A number that a fault needs. */
export interface FaultNumber {
  readonly prompt: string;
  /** What most people want to try first. */
  readonly proposed: number;
  readonly range: NumberRange;
  readonly faultOf: (number: number) => Fault;
}

/** A fault on purpose in a list to choose from, and what it does to a board. */
export interface FaultChoice {
  readonly label: string;
  readonly detail: string;
  /** The fault, or what is to be asked before. */
  readonly leadsTo: Fault | FaultNumber;
}

/** The faults that a server can serve with. */
export function faultChoices(words: Words): readonly FaultChoice[] {
  return [
    {
      label: words.t('Cut off'),
      detail: words.t('The download breaks off: the board has a part of the archive, and its connection ends'),
      leadsTo: {
        prompt: words.t('Percent of the archive after which the connection ends'),
        proposed: 50,
        range: PERCENT,
        faultOf: (percent) => ({ kind: 'cut', percent }),
      },
    },
    {
      label: words.t('Stall'),
      detail: words.t('After a part of the archive nothing more comes, and the connection stays open'),
      leadsTo: {
        prompt: words.t('Percent of the archive after which nothing more comes'),
        proposed: 50,
        range: PERCENT,
        faultOf: (percent) => ({ kind: 'stall', percent }),
      },
    },
    {
      label: words.t('Slow'),
      detail: words.t('The archive comes slowly, as over a bad line'),
      leadsTo: {
        prompt: words.t('kB per second'),
        proposed: 200,
        range: KB_PER_SECOND,
        faultOf: (kB) => ({ kind: 'slow', bytesPerSecond: kB * 1000 }),
      },
    },
    {
      label: words.t('One wrong byte'),
      detail: words.t("A byte in the middle of the image is wrong: the board's check of it must fail"),
      leadsTo: { kind: 'byte' },
    },
    {
      label: words.t('Wrong checksum'),
      detail: words.t('The image is right, and the .img.sha256 beside it is not'),
      leadsTo: { kind: 'checksum' },
    },
    {
      label: words.t('Late first byte'),
      detail: words.t('The board waits for the beginning of the answer; then all comes'),
      leadsTo: {
        prompt: words.t('Seconds before the first byte'),
        proposed: 30,
        range: SECONDS,
        faultOf: (seconds) => ({ kind: 'late', seconds }),
      },
    },
    {
      label: words.t('Answer 404'),
      detail: words.t('The board gets a line of text, as for an image that does not exist'),
      leadsTo: { kind: 'status', status: 404 },
    },
    {
      label: words.t('Answer 503'),
      detail: words.t('The board gets a line of text, as from a server that is busy'),
      leadsTo: { kind: 'status', status: 503 },
    },
  ];
}

/** What is wrong with the number that was typed; undefined where it is in the range. */
export function numberProblem(typed: string, range: NumberRange, words: Words): string | undefined {
  const text = typed.trim();
  if (/^\d+$/.test(text) && isIn(range, Number(text))) return undefined;
  return words.t('A whole number from {0} to {1}', range.least, range.most);
}
