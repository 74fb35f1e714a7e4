import { isJournal, PRIORITIES, STDOUT } from './journal.ts';
import { jsonFormat } from './json-format.ts';
import { type LogFormat, recordLevel, recordText } from './log-record.ts';

/** For people: the time, and what happened. */
const textFormat: LogFormat = (record, time) => `${time} ${recordText(record)}`;

/** For systemd's journal, which knows the time and takes the priority from the line's beginning. */
const journalFormat: LogFormat = (record) => `${PRIORITIES[recordLevel(record)]}${recordText(record)}`;

/** The forms that a log can have, by the names that LOG_FORMAT gives them. */
export const LOG_FORMATS = { text: textFormat, json: jsonFormat, journald: journalFormat } as const satisfies Record<
  string,
  LogFormat
>;

export type LogFormatName = keyof typeof LOG_FORMATS;

/** The form for who reads standard output: systemd's journal, or a person. */
export function usualLogFormat(environment: NodeJS.ProcessEnv): LogFormatName {
  return isJournal(STDOUT, environment) ? 'journald' : 'text';
}
