import { systemErrorCode } from './errors.ts';

/** Whether a process of that number runs on this machine (kill(2)). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM'; // it runs, as another user
  }
}
