import { bugText } from '../errors.ts';
import type { UpdateServer } from '../server/update-server.ts';
import type { LineLog } from './line-log.ts';

/**
 * Writes bugs to the log, with their stacks, until the answer is called: those that the server met, and those that
 * nobody caught, which end nothing that serves others.
 */
export function logBugs(server: UpdateServer, log: LineLog): () => void {
  const write = bugWriter(log);
  server.events.on('bug', write);
  process.on('unhandledRejection', write).on('uncaughtException', write);
  return () => process.off('unhandledRejection', write).off('uncaughtException', write);
}

/** Writes a bug to the log, with its stack. */
export function bugWriter(log: LineLog): (bug: unknown) => void {
  return (bug) => log.write(bugText(bug), 'bug', 'error');
}
