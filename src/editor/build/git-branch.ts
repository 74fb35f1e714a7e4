import { execFile } from 'node:child_process';

/** A busy machine: git answers in milliseconds. */
const TIMEOUT_MS = 5_000;

/** The branch that is checked out in a folder; undefined where there is none, or no git. */
export function branchOf(folder: string): Promise<string | undefined> {
  const args = ['-C', folder, 'symbolic-ref', '--quiet', '--short', 'HEAD'];
  return new Promise((resolve) => {
    execFile('git', args, { timeout: TIMEOUT_MS }, (error, stdout) => {
      const branch = stdout.trim();
      resolve(error === null && branch !== '' ? branch : undefined);
    });
  });
}
