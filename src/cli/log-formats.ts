import { fstatSync } from 'node:fs';
import { jsonFormat } from './json-format.ts';
import { type LogFormat, type LogLevel, recordLevel, recordText } from './log-record.ts';

/** For people: the time, and what happened. */
const textFormat: LogFormat = (record, time) => `${time} ${recordText(record)}`;

/** Before each line of the journal, its priority (sd-daemon(3)): SD_ERR, SD_WARNING, SD_INFO. */
const PREFIXES: Readonly<Record<LogLevel, string>> = { error: '<3>', warning: '<4>', info: '<6>' };

/** For systemd's journal, which knows the time and takes the priority from the line's beginning. */
const journalFormat: LogFormat = (record) => `${PREFIXES[recordLevel(record)]}${recordText(record)}`;

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
