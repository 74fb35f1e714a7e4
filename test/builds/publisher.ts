import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { moduleAt } from './doomed.ts';

/** A process that has the lock for publishing in a box. */
export async function publisher(box: string): Promise<ChildProcess & AsyncDisposable> {
  const text = `(async () => {
    const { lockFolder } = await import(${moduleAt('builds/folder-lock.ts')});
    await lockFolder(${JSON.stringify(path.join(box, '.publish'))});
    console.log('locked');
  })()`;
  const child = spawn(process.execPath, ['-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return Object.assign(child, { [Symbol.asyncDispose]: end });
}
