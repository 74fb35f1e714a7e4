import { type LogFormat, type LogLevel, recordLevel, recordText } from './log-record.ts';

/** Before each line, its priority (sd-daemon(3)): SD_ERR, SD_WARNING, SD_INFO. */
const PREFIXES: Readonly<Record<LogLevel, string>> = { error: '<3>', warning: '<4>', info: '<6>' };

/** For systemd's journal, which knows the time and takes the priority from the line's beginning. */
export const journalFormat: LogFormat = (record) => `${PREFIXES[recordLevel(record)]}${recordText(record)}`;
