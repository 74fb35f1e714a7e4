import { UsageError } from './environment.ts';

/** The first descriptor that is handed over: SD_LISTEN_FDS_START of sd_listen_fds(3). */
const FIRST_DESCRIPTOR = 3;

const VARIABLES = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'] as const;

/**
 * The descriptor of the listening socket that a supervisor (systemd, by a `.socket` unit) handed to the process `pid`;
 * undefined where none was: sd_listen_fds(3). Takes the variables that say so out of `environment`, so that no program
 * started from here takes them for its own.
 * @throws UsageError when more than one was handed over, or their number is none.
 */
export function takeListenDescriptor(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = environment;
  for (const name of VARIABLES) delete environment[name];
  if (LISTEN_FDS === undefined || LISTEN_PID !== String(pid)) return undefined;
  if (!/^\d+$/.test(LISTEN_FDS)) {
    throw new UsageError(`LISTEN_FDS must be a number of sockets, not ${JSON.stringify(LISTEN_FDS)}`);
  }
  const count = Number(LISTEN_FDS);
  if (count > 1) {
    throw new UsageError(
      `${count} sockets were handed over (LISTEN_FDS), and one is listened on; leave one ListenStream= in the .socket unit`,
    );
  }
  return count === 1 ? FIRST_DESCRIPTOR : undefined;
}
