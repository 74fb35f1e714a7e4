import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** What changes a folder, or begins a file. */
const CALLS = ['copyFile', 'mkdir', 'open', 'rename', 'rm', 'utimes', 'writeFile'];

/** The specifier of a module of ours, for a program's text. */
export function moduleAt(file: string): string {
  return JSON.stringify(pathToFileURL(path.resolve(import.meta.dirname, '../../src', file)).href);
}

/** A program that does `end`, and no more, at its `step`th of these calls; else what `text` says. */
function doomed(step: number, calls: readonly string[], end: string, text: string): string {
  return `(async () => {
    const { default: fs } = await import('node:fs/promises');
    const { syncBuiltinESMExports } = await import('node:module');
    let calls = 0;
    for (const name of ${JSON.stringify(calls)}) {
      const call = fs[name];
      fs[name] = (...args) => {
        if (++calls !== ${step}) return call(...args);
        ${end};
        return new Promise(() => {});
      };
    }
    syncBuiltinESMExports();
    ${text}
  })()`;
}

/** Runs a program as a process that is killed (SIGKILL) at its `step`th of `calls`; whether it was. @throws when it fails */
export async function killedAt(step: number, calls: readonly string[], text: string): Promise<boolean> {
  const end = "process.kill(process.pid, 'SIGKILL')";
  const child = spawn(process.execPath, ['-e', doomed(step, calls, end, text)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    errors += data;
  });
  const [status, signal] = await once(child, 'close');
  if (signal === 'SIGKILL') return true;
  if (status !== 0) throw new Error(errors);
  return false;
}

/** As `killedAt`, on a thread, at the `step`th call of any that changes what is on the disk: that takes a tenth of the time. */
export async function endedAt(step: number, text: string): Promise<boolean> {
  const end = "require('node:worker_threads').parentPort.postMessage('ended')";
  const worker = new Worker(doomed(step, CALLS, end, text), { eval: true });
  const isEnded = await Promise.race([
    once(worker, 'message').then(() => true),
    once(worker, 'exit').then(() => false),
  ]);
  await worker.terminate();
  return isEnded;
}

/** Makes an attempt for each step until one comes to its end; answers how many did not. */
export async function atEachStep(attempt: (step: number) => Promise<boolean>): Promise<number> {
  for (let step = 1; ; step++) {
    if (!(await attempt(step))) return step - 1;
  }
}

/** What needs room on a disk. */
const GROWING = ['copyFile', 'mkdir', 'open', 'rename', 'utimes', 'writeFile'];

/**
 * Runs a program on a thread for which the disk is full (`ENOSPC`) from its `step`th call that needs room; a rename fails there
 * only, since folders have room left as a rule. Answers whether it got there, and the lines that it told by `tell`.
 */
export async function fullAt(
  step: number,
  text: string,
): Promise<{ readonly isFull: boolean; readonly told: string[] }> {
  const worker = new Worker(
    `(async () => {
      const { parentPort } = require('node:worker_threads');
      const { default: fs } = await import('node:fs/promises');
      const { syncBuiltinESMExports } = await import('node:module');
      let calls = 0;
      const tell = (told) => parentPort.postMessage({ told });
      const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', errno: -28, syscall: 'write' });
      const isFull = (name) => (++calls === ${step} || (calls > ${step} && name !== 'rename'));
      for (const name of ${JSON.stringify(GROWING)}) {
        const call = fs[name];
        fs[name] = async (...args) => {
          const isRead = name === 'open' && (args[1] === undefined || args[1] === 'r' || typeof args[1] === 'number');
          if (isRead) return call(...args);
          if (isFull(name)) throw full();
          const made = await call(...args);
          if (name === 'open') {
            const write = made.writeFile.bind(made);
            made.writeFile = async (...data) => {
              if (isFull('write')) throw full();
              return write(...data);
            };
          }
          return made;
        };
      }
      syncBuiltinESMExports();
      await (async () => { ${text} })();
      parentPort.postMessage({ isFull: calls >= ${step} });
    })()`,
    { eval: true },
  );
  const told: string[] = [];
  try {
    for await (const [message] of on(worker, 'message')) {
      if (message.isFull !== undefined) return { isFull: message.isFull, told };
      told.push(message.told);
    }
    throw new Error('the program ended early');
  } finally {
    await worker.terminate();
  }
}

/** A program on a thread that stands still at a call. Disposing it ends it. */
export interface Stopped extends AsyncDisposable {
  /** Whether it got to that call; else it has ended. */
  readonly isStopped: boolean;
  /** Lets it go on until it tells something, if it does; answers all that it told. */
  goOn(): Promise<readonly string[]>;
  /** When it has ended: all that it told by `tell`. */
  readonly told: Promise<readonly string[]>;
}

/** Runs a program on a thread, which stands still before its `step`th of `calls`, as one does that is stopped (SIGSTOP). */
export async function stoppedAt(step: number, calls: readonly string[], text: string): Promise<Stopped> {
  const worker = new Worker(
    `(async () => {
      const { parentPort } = require('node:worker_threads');
      const { default: fs } = await import('node:fs/promises');
      const { syncBuiltinESMExports } = await import('node:module');
      const tell = (told) => parentPort.postMessage({ told });
      let calls = 0;
      for (const name of ${JSON.stringify(calls)}) {
        const call = fs[name];
        fs[name] = async (...args) => {
          if (++calls === ${step}) {
            const goOn = new Promise((resolve) => parentPort.once('message', resolve));
            parentPort.postMessage({ isStopped: true });
            await goOn;
          }
          return call(...args);
        };
      }
      syncBuiltinESMExports();
      ${text}
    })()`,
    { eval: true },
  );
  const lines: string[] = [];
  const stopped = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  worker.on('message', ({ told }: { told?: string }) => {
    if (told === undefined) return stopped.resolve();
    lines.push(told);
    first.resolve();
  });
  const told = once(worker, 'exit').then(() => lines);
  const isStopped = await Promise.race([stopped.promise.then(() => true), told.then(() => false)]);
  return {
    isStopped,
    told,
    async goOn() {
      worker.postMessage('go on');
      await Promise.race([first.promise, told]);
      return lines;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
