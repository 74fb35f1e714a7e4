import { execFile } from 'node:child_process';
import path from 'node:path';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** The files and folders at or below a folder that git ignores; none where there is no git. */
export function ignoredFiles(folder: string): Promise<ReadonlySet<string>> {
  const args = ['-C', folder, 'ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  return new Promise((resolve) => {
    execFile('git', args, { timeout: TIMEOUT_MS, maxBuffer: MOST_BYTES }, (error, stdout) => {
      const names = error === null ? stdout.split('\0').filter(Boolean) : [];
      resolve(new Set(names.map((name) => path.resolve(folder, name))));
    });
  });
}
