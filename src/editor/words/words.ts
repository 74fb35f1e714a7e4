import type { Words } from '../../words.ts';

export type { Words } from '../../words.ts';

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes for people, in powers of 1000 and at most three digits: `63 MB`, `1.2 GB`. */
export function bytesText(bytes: number, locale: string): string {
  let power = 0;
  while (power < BYTE_UNITS.length - 1 && Math.round(bytes / 1000 ** power) >= 1000) power++;
  const value = bytes / 1000 ** power;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: BYTE_UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short', // the short one is "4 byte"
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value);
}

/** The whole seconds of a time, if there is one: while they are the same, so is what people see. */
export function wholeSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.floor(milliseconds / 1000);
}

/** From here on, a duration is told in minutes: nobody thinks in hundreds of seconds. */
const IN_MINUTES_MS = 120_000;

/** A duration for people: `35 ms`, `4.1 s`, `7 min`. */
export function durationText(milliseconds: number, locale: string): string {
  const [value, unit] = inUnit(milliseconds);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'second' && value < 100 ? 1 : 0,
  }).format(value);
}

function inUnit(milliseconds: number): readonly [value: number, unit: string] {
  if (milliseconds < 1000) return [milliseconds, 'millisecond'];
  return milliseconds < IN_MINUTES_MS ? [milliseconds / 1000, 'second'] : [milliseconds / 60_000, 'minute'];
}

type AgeStep = readonly [limitMs: number, unitMs: number, unit: Intl.RelativeTimeFormatUnit];

const AGES: readonly AgeStep[] = [
  // no seconds: they would have to be told anew each second
  [60_000, 60_000, 'second'],
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [30 * 86_400_000, 86_400_000, 'day'],
  [365 * 86_400_000, 30 * 86_400_000, 'month'],
];
const OLDEST: AgeStep = [Number.POSITIVE_INFINITY, 365 * 86_400_000, 'year'];

/** The time of day of a moment, with its date where that is not today's. Both in milliseconds since 1970. */
export function momentText(thenMs: number, nowMs: number, locale: string): string {
  const then = new Date(thenMs);
  const isToday = then.toDateString() === new Date(nowMs).toDateString();
  return isToday ? then.toLocaleTimeString(locale) : then.toLocaleString(locale);
}

/** How long ago something was, at the precision that is shown. */
export interface Age {
  readonly count: number;
  readonly unit: Intl.RelativeTimeFormatUnit;
}

/** How long ago a moment was: whole minutes, hours, days, months or years. Both in milliseconds since 1970. */
export function ageOf(thenMs: number, nowMs: number): Age {
  const age = Math.max(0, nowMs - thenMs);
  const [, unitMs, unit] = AGES.find(([limitMs]) => age < limitMs) ?? OLDEST;
  return { count: Math.floor(age / unitMs), unit };
}

/** An age for people: `now` within the first minute, `5 minutes ago`. Both in milliseconds since 1970. */
export function ageText(thenMs: number, nowMs: number, locale: string): string {
  const { count, unit } = ageOf(thenMs, nowMs);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-count, unit);
}

/** A part of a whole in percent, rounded down: only the whole is 100 %. */
export function percentText(part: number, whole: number, locale: string): string {
  const share = whole === 0 ? 0 : Math.floor((part * 100) / whole) / 100;
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** How far something is: `12 MB of 63 MB, 19%`. */
export function progressText(doneBytes: number, totalBytes: number, words: Words, locale: string): string {
  const [done, total] = [bytesText(doneBytes, locale), bytesText(totalBytes, locale)];
  return words.t('{0} of {1}, {2}', done, total, percentText(doneBytes, totalBytes, locale));
}

/** The address of a client as people know it: IPv4 as such, also where it came in by an IPv6 socket. */
export function clientText(address: string): string {
  return address.replace(/^::ffff:/, '');
}
