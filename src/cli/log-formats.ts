import { fstatSync } from 'node:fs';
import { journalFormat } from './journal-format.ts';
import { jsonFormat } from './json-format.ts';
import type { LogFormat } from './log-record.ts';
import { textFormat } from './text-format.ts';

/** The forms that a log can have, by the names that LOG_FORMAT gives them. */
export const LOG_FORMATS = { text: textFormat, json: jsonFormat, journald: journalFormat } as const satisfies Record<
  string,
  LogFormat
>;

export type LogFormatName = keyof typeof LOG_FORMATS;

const STDOUT = 1;

/**
 * The form for who reads standard output: systemd's journal, if `$JOURNAL_STREAM` (systemd.exec(5)) names the device and
 * inode that it is connected to, else a person.
 */
export function usualLogFormat({ JOURNAL_STREAM }: NodeJS.ProcessEnv): LogFormatName {
  if (JOURNAL_STREAM === undefined) return 'text';
  const { dev, ino } = fstatSync(STDOUT, { bigint: true });
  return JOURNAL_STREAM === `${dev}:${ino}` ? 'journald' : 'text';
}
