import type { Faults } from '../server/faults.ts';
import {
  FAULT_FORMS,
  FAULT_OFF_TEXT,
  type FaultOrder,
  faultOrderText,
  parseFaultOrder,
} from '../server/sending/fault.ts';
import { UsageError } from './environment.ts';
import type { LineLog } from './line-log.ts';

/**
 * The fault that `--fault` asks for, by what stands behind it.
 * @throws UsageError where that is none, or where systemd started the server: the fault would come back with each restart.
 */
export function readFault(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  process: Pick<NodeJS.Process, 'pid' | 'ppid'>,
): FaultOrder {
  if (isService(environment, process)) {
    throw new UsageError(
      '--fault is for a server that a person starts: under systemd, it would come back with each restart',
    );
  }
  const order = args.length === 1 ? parseFaultOrder(args.join()) : undefined;
  if (order === undefined) {
    const found = args.length === 0 ? 'nothing' : JSON.stringify(args.join(' '));
    throw new UsageError(`--fault needs one of ${FAULT_FORMS}, with @<address> for one board, not ${found}`);
  }
  return order;
}

/** Whether systemd keeps this process running, or a parent that was started for it: systemd.exec(5), sd_notify(3). */
function isService(
  { NOTIFY_SOCKET, LISTEN_FDS, INVOCATION_ID, SYSTEMD_EXEC_PID }: NodeJS.ProcessEnv,
  { pid, ppid }: Pick<NodeJS.Process, 'pid' | 'ppid'>,
): boolean {
  if (NOTIFY_SOCKET || LISTEN_FDS) return true;
  if (!INVOCATION_ID) return false;
  // a terminal that systemd started hands its variables on to what a person starts in it
  return SYSTEMD_EXEC_PID === undefined || [pid, ppid].includes(Number(SYSTEMD_EXEC_PID));
}

/** Logs the fault that is in force, and from now on each that is, and when it is off again. */
export function logFaults(faults: Faults, log: LineLog): void {
  const tell = () => {
    const { armed } = faults;
    const text = armed === undefined ? FAULT_OFF_TEXT : `FAULT: ${faultOrderText(armed)}`;
    log.write(text, 'fault', 'warning');
  };
  if (faults.armed !== undefined) tell();
  faults.events.on('changed', tell);
}
