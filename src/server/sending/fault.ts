import { isIP } from 'node:net';
import { ENGLISH, type Words } from '../../words.ts';

/** What goes wrong on purpose with an image that is sent, for people who work on a board's updater. */
export type Fault =
  /** The connection ends when so many percent of the archive were sent. */
  | { readonly kind: 'cut'; readonly percent: number }
  /** From there on nothing comes any more, and the connection stays open. */
  | { readonly kind: 'stall'; readonly percent: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** One byte in the middle of the image is inverted. */
  | { readonly kind: 'byte' }
  /** The `.img.sha256` has another digest for the image than it has. */
  | { readonly kind: 'checksum' }
  /** The answer does not begin before that. */
  | { readonly kind: 'late'; readonly seconds: number }
  | { readonly kind: 'status'; readonly status: 404 | 503 };

/** A fault, and whom it hits: one client as long as it is in force, or the next that gets an image. */
export interface FaultOrder {
  readonly fault: Fault;
  /** The client's address. */
  readonly client?: string;
  /** Ends with the client's first request for an image. */
  readonly once?: true;
}

/** How a fault is written; see `parseFaultOrder`. */
export const FAULT_FORMS =
  'cut:<percent>, stall:<percent>, slow:<kB per second>, byte, checksum, late:<seconds>, 404 or 503';

/** The whole numbers that a kind of fault takes. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
}

/** How much of the archive is sent, in percent: all of it would be no fault. */
export const PERCENT: NumberRange = { least: 0, most: 99 };
export const KB_PER_SECOND: NumberRange = { least: 1, most: 1_000_000 };
/** A minute is what a board's curl is waited for by most people; more than an hour is a mistake. */
export const SECONDS: NumberRange = { least: 0, most: 3600 };

/** Reads `KIND[:ARG][@ADDRESS]`; undefined where it is none. */
export function parseFaultOrder(text: string): FaultOrder | undefined {
  const [, form = '', client] = /^([^@]*)(?:@(.+))?$/.exec(text) ?? [];
  const fault = parseFault(form);
  if (fault === undefined || (client !== undefined && isIP(client) === 0)) return undefined;
  return client === undefined ? { fault } : { fault, client };
}

function parseFault(form: string): Fault | undefined {
  const [, kind, argument] = /^([a-z]+|\d+)(?::(\d{1,7}))?$/.exec(form) ?? [];
  const number = argument === undefined ? Number.NaN : Number(argument);
  switch (kind) {
    case 'cut':
    case 'stall':
      return isIn(PERCENT, number) ? { kind, percent: number } : undefined;
    case 'slow':
      return isIn(KB_PER_SECOND, number) ? { kind, bytesPerSecond: number * 1000 } : undefined;
    case 'late':
      return isIn(SECONDS, number) ? { kind, seconds: number } : undefined;
    case 'byte':
    case 'checksum':
      return argument === undefined ? { kind } : undefined;
    case '404':
    case '503':
      return argument === undefined ? { kind: 'status', status: kind === '404' ? 404 : 503 } : undefined;
    default:
      return undefined;
  }
}

/** Whether `number` is one of those in the range. */
export function isIn({ least, most }: NumberRange, number: number): boolean {
  return Number.isInteger(number) && number >= least && number <= most;
}

/** A fault as `parseFaultOrder` reads it. */
export function faultForm(fault: Fault): string {
  switch (fault.kind) {
    case 'cut':
    case 'stall':
      return `${fault.kind}:${fault.percent}`;
    case 'slow':
      return `slow:${fault.bytesPerSecond / 1000}`;
    case 'late':
      return `late:${fault.seconds}`;
    case 'status':
      return String(fault.status);
    default:
      return fault.kind;
  }
}

/** What goes wrong, as a few words. */
export function plannedFaultText(fault: Fault, words: Words = ENGLISH): string {
  switch (fault.kind) {
    case 'cut':
      return words.t('cut off at {0} %', fault.percent);
    case 'stall':
      return words.t('silent from {0} % on', fault.percent);
    case 'slow':
      return words.t('{0} kB per second', fault.bytesPerSecond / 1000);
    case 'byte':
      return words.t('one wrong byte');
    case 'checksum':
      return words.t('wrong checksum');
    case 'late':
      return words.t('first byte after {0} s', fault.seconds);
    case 'status':
      return words.t('answer {0}', fault.status);
  }
}

/** A fault in force, and whom it hits. */
export function faultOrderText({ fault, client }: FaultOrder, words: Words = ENGLISH): string {
  const what = plannedFaultText(fault, words);
  return client === undefined
    ? words.t('fault on purpose for the next image: {0}', what)
    : words.t('fault on purpose for {0}: {1}', client, what);
}

/** That none is in force any more. */
export const FAULT_OFF_TEXT = 'the fault on purpose is off';

/** Whether a client can't have got what it asked for. */
export function isHarmful({ kind }: Fault): boolean {
  return kind !== 'slow' && kind !== 'late';
}
