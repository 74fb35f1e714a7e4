import { deepEqual, equal } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { until } from './until.ts';

const MODULE = JSON.stringify(pathToFileURL(`${import.meta.dirname}/end-with-us.ts`).href);

/** A process that starts `count` others that end with it, tells their numbers, and then does what `text` says; and its end. */
async function parent(count: number, text: string): Promise<{ child: ChildProcess; pids: number[] }> {
  const program = `
    import { spawn } from 'node:child_process';
    import { endWithUs } from ${MODULE};
    const started = Array.from({ length: ${count} }, () => spawn('sleep', ['60'], { stdio: 'ignore' }));
    started.forEach((child) => endWithUs(child));
    console.log(started.map(({ pid }) => pid).join());
    ${text}`;
  const args = ['--input-type=module-typescript', '-e', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, pids: String(line).split(',').map(Number) };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

suite('what a test started', { skip: process.platform === 'win32' }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`ends with it at ${signal}`, async () => {
      const { child, pids } = await parent(12, '');
      equal(pids.every(isRunning), true);
      child.kill(signal);
      deepEqual(await once(child, 'exit'), [null, signal]);
      await Promise.all(pids.map(untilGone));
    });
  }

  test('ends with it when it exits', async () => {
    const { child, pids } = await parent(2, 'process.exit(3)');
    deepEqual(await once(child, 'exit'), [3, null]);
    await Promise.all(pids.map(untilGone));
  });

  test('keeps nothing that listens when it has ended before', async () => {
    const text = `
      started.forEach((child) => child.kill());
      await Promise.all(started.map((child) => new Promise((resolve) => child.once('close', resolve))));
      process.exit(['exit', 'SIGINT', 'SIGTERM'].reduce((sum, name) => sum + process.listenerCount(name), 0));`;
    const { child } = await parent(2, text);
    deepEqual(await once(child, 'exit'), [0, null]);
  });
});

/** Waits until a process has ended: whoever takes its status may be late. */
async function untilGone(pid: number): Promise<void> {
  await until(() => !isRunning(pid));
}
