import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cpuSeconds, peakBytes } from './process-stats.ts';

/** What a server did for a crowd. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly cpuSecondsPerGigabyte: number;
  /** The most memory it had so far. */
  readonly peakBytes: number;
}

/** wrk counts in powers of 1,024. */
const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** A crowd that comes at once overflows the queues of the kernel: some wait a second until they are let in. */
const TIMEOUT_S = 30;

const run = promisify(execFile);

/** Has `clients` connections ask for `url` again and again, and looks at the process that answers. */
export async function load(wrk: string, url: URL, pid: number, clients: number, seconds: number): Promise<Load> {
  const cpuBefore = cpuSeconds(pid);
  const args = ['-t1', `-c${clients}`, `-d${seconds}s`, `--timeout=${TIMEOUT_S}s`, url.href];
  const { stdout } = await run(wrk, args);
  const cpu = cpuSeconds(pid) - cpuBefore;
  const [, connect, , write] = /Socket errors: connect (\d+), read (\d+), write (\d+)/.exec(stdout) ?? [];
  if (/Non-2xx/.test(stdout) || Number(connect ?? 0) + Number(write ?? 0) > 0) {
    throw new Error(`wrk got errors from ${url}:\n${stdout}`);
  }
  const [, bytes, unit = 'B'] = /, ([\d.]+)([KMG]?B) read/.exec(stdout) ?? [];
  const [, tookS] = /requests in ([\d.]+)s/.exec(stdout) ?? [];
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  const read = Number(bytes) * (UNITS[unit] ?? Number.NaN);
  return {
    requestsPerSecond: Number(rate),
    bytesPerSecond: read / Number(tookS),
    cpuSecondsPerGigabyte: cpu / (read / 1e9),
    peakBytes: peakBytes(pid),
  };
}
