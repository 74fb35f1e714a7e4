import { readdirSync, readFileSync } from 'node:fs';

/** proc(5) counts processor time in ticks of `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

const BYTES_PER_KB = 1024;

/** Processor seconds, of user and system, that a process and its children have used so far. */
export function cpuSeconds(pid: number): number {
  const ticks = family(pid).map((member) => {
    // The name stands in parentheses and may hold blanks; utime and stime are the 14th and 15th field.
    const [, fields = ''] = /\) (.*)/.exec(readFileSync(`/proc/${member}/stat`, 'utf8')) ?? [];
    const [utime, stime] = fields.split(' ').slice(11, 13).map(Number);
    return (utime ?? 0) + (stime ?? 0);
  });
  return sum(ticks) / TICKS_PER_SECOND;
}

/** Nanoseconds of processor time that the main thread of a process has used so far: finer than ticks (sched-stats, proc(5)). */
export function mainThreadNanoseconds(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
}

/** The most bytes that a process, and each of its children, ever had resident. */
export function peakBytes(pid: number): number {
  return sum(family(pid).map((member) => status(member, 'VmHWM')));
}

/** Bytes that a process has resident now. */
export function residentBytes(pid: number): number {
  return status(pid, 'VmRSS');
}

/** Files and sockets that a process has open now. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** A process and its children: nginx works in a child of the process that was started. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [
    pid,
    ...children
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  ];
}

function status(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const [, kb] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) * BYTES_PER_KB;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
