import { type LogFormat, recordText } from './log-record.ts';

/** For people: the time, and what happened. */
export const textFormat: LogFormat = (record, time) => `${time} ${recordText(record)}`;
