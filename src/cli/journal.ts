import { fstatSync } from 'node:fs';

/** Before each line of systemd's journal, its priority (sd-daemon(3)): SD_ERR, SD_WARNING, SD_INFO. */
export const PRIORITIES = { error: '<3>', warning: '<4>', info: '<6>' } as const;

export const STDOUT = 1;
export const STDERR = 2;

/** Whether the journal reads what goes to `descriptor`: `$JOURNAL_STREAM` (systemd.exec(5)) has its device and inode. */
export function isJournal(descriptor: number, { JOURNAL_STREAM }: NodeJS.ProcessEnv): boolean {
  if (JOURNAL_STREAM === undefined) return false;
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return JOURNAL_STREAM === `${dev}:${ino}`;
}
