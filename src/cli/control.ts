import type { AuditEntry } from '../control/audit-log.ts';
import { askControl, orderByControl } from '../control/control-client.ts';
import type { Order } from '../control/order.ts';
import { userName } from '../control/user-name.ts';
import { UserError } from '../errors.ts';
import { printable } from '../printable.ts';
import { REPORT_FORMAT, type StatusReport } from '../status/report.ts';
import { type CommandSettings, UsageError } from './environment.ts';

/** How long a server is waited for that is asked only to say more. */
const SERVER_WAIT_MS = 5000;

/** What a running server tells of an image. */
export type ImageReport = StatusReport['images'][number];

/** What a running server serves, and to whom. @throws UserError where none is reached, at the latest after `waitMs`, or one of another version */
export async function readStatus(settings: CommandSettings, waitMs?: number): Promise<StatusReport> {
  const status = (await askControl(requireControlPath(settings), 'status', waitMs)) as Partial<StatusReport>;
  if (status.format === REPORT_FORMAT) return status as StatusReport;
  throw new UserError('the server that runs is of another version: use its own update-server');
}

/** What was decided on the server behind the control socket, oldest first. @throws UserError where none is reached */
export async function readLog(path: string): Promise<readonly AuditEntry[]> {
  const { entries = [] } = (await askControl(path, 'log')) as { entries?: readonly AuditEntry[] };
  return entries;
}

/** Where the server is controlled. @throws UsageError where no place is known */
export function requireControlPath({ controlPath }: Pick<CommandSettings, 'controlPath'>): string {
  if (controlPath !== undefined) return controlPath;
  throw new UsageError('set CONTROL_PATH, or STATE_PATH, as it is for the server');
}

/** Has the server carry out an order, and prints what it did. @throws UserError where it can't be */
export async function order(settings: CommandSettings, wanted: Order): Promise<void> {
  const done = await orderByControl(requireControlPath(settings), wanted, callerName());
  for (const line of done) process.stdout.write(`${printable(line)}\n`);
}

/** Tells the server, if one runs, that a build was published: what it records, it shows with the image. */
export async function notePublished({ controlPath }: CommandSettings, image: string, build: string): Promise<void> {
  if (controlPath === undefined) return;
  try {
    await orderByControl(controlPath, { act: 'published', image, build }, callerName());
  } catch (error) {
    if (!(error instanceof UserError)) throw error; // nobody is there to be told, or may be by this user
  }
}

/** The builds of an image that the server keeps, if one runs and can be asked. */
export async function buildsAtServer(settings: CommandSettings, image: string): Promise<readonly string[]> {
  if (settings.controlPath === undefined) return [];
  try {
    const { images } = await readStatus(settings, SERVER_WAIT_MS);
    return images.find(({ id }) => id === image)?.kept?.map(({ buildId }) => buildId) ?? [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error; // as above
    return [];
  }
}

/** The person's name: of who called sudo(8), else of the user. */
function callerName(): string {
  return process.env.SUDO_USER || userName();
}
