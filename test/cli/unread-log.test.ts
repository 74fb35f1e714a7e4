import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { COMMAND } from '../board/command.ts';
import { COLLECT_EARLY } from '../board/early-collection.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { beforeLong } from '../until.ts';
import { Terminal } from './terminal.ts';

/** Long enough to fill what waits in a terminal, a pipe and the log, in a few thousand requests. */
const LONG_TARGET = `/list/${'x'.repeat(10_000)}?`;
const REQUESTS = 2_500;

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1e3;

/** Asks for `LONG_TARGET` so many times, some at once. */
async function askOften(url: string, times: number): Promise<void> {
  let left = times;
  const worker = async () => {
    while (left-- > 0) {
      const asked = request(url + LONG_TARGET);
      asked.end();
      const [answer] = await once(asked, 'response');
      answer.resume();
      await once(answer, 'close');
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
}

const isWell = async (url: string) => equal((await fetch(`${url}/healthz`, { signal: beforeLong() })).status, 200);

suite('update-server whose log nobody reads', { skip: process.platform !== 'linux' }, () => {
  test('goes on at a terminal that was stopped, and says what it dropped', { timeout: 360_000 }, async () => {
    await using boxes = await makeBoxes();
    await using terminal = new Terminal({ IMAGE_PATH: boxes.root });
    const [, url = ''] = await terminal.line(/ at (http:\S+)$/);
    await isWell(url);
    terminal.order('stop');
    await pause(200); // nothing tells when the terminal has taken the key
    await askOften(url, REQUESTS);
    await isWell(url);
    terminal.order('go');
    const [, dropped] = await terminal.line(/ (\d+) lines of this log dropped: /);
    ok(Number(dropped) > REQUESTS / 10, `${dropped} lines`);
  });

  test('ends at SIGTERM at a terminal that was stopped', { timeout: 240_000 }, async () => {
    await using boxes = await makeBoxes();
    await using terminal = new Terminal({ IMAGE_PATH: boxes.root }, 'echo "pid $$"; exec "$0" "$1"');
    const [, pid] = await terminal.line(/^pid (\d+)$/);
    const [, url = ''] = await terminal.line(/ at (http:\S+)$/);
    terminal.order('stop');
    await pause(200);
    await askOften(url, 1_000);
    process.kill(Number(pid), 'SIGTERM');
    await terminal.line(/^status 0$/);
  });

  test('keeps its memory at a pipe, and ends at SIGTERM', { timeout: 360_000 }, async () => {
    await using boxes = await makeBoxes();
    const child = spawn(process.execPath, [COLLECT_EARLY, COMMAND], {
      env: { PATH: process.env.PATH ?? '', PORT: '0', CHECKS_PATH: 'none', IMAGE_PATH: boxes.root },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    try {
      const [first] = await once(child.stdout, 'data');
      child.stdout.pause();
      const [, url = ''] = / at (http:\S+)\n/.exec(String(first)) ?? [];
      await askOften(url, 2 * REQUESTS);
      const before = residentMb(child.pid ?? 0);
      await askOften(url, 2 * REQUESTS);
      await isWell(url);
      const grown = residentMb(child.pid ?? 0) - before;
      ok(grown < 30, `grew by ${grown} MB, of 50 MB of lines`);
      child.kill('SIGTERM');
      deepEqual(await ended, [0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('says how many lines it dropped when its pipe is read again', { timeout: 360_000 }, async () => {
    await using boxes = await makeBoxes();
    const child = spawn(process.execPath, [COMMAND], {
      env: { PATH: process.env.PATH ?? '', PORT: '0', CHECKS_PATH: 'none', IMAGE_PATH: boxes.root },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    try {
      const chunks: Buffer[] = await once(child.stdout, 'data');
      child.stdout.pause();
      const [, url = ''] = / at (http:\S+)\n/.exec(String(chunks[0])) ?? [];
      await askOften(url, REQUESTS);
      child.stdout.on('data', (chunk) => chunks.push(chunk));
      child.stdout.resume();
      while (!/ lines of this log dropped/.test(String(chunks.at(-1)))) await once(child.stdout, 'data');
      child.kill('SIGTERM');
      deepEqual(await ended, [0, null]);
      const log = Buffer.concat(chunks).toString();
      const [, dropped] = / (\d+) lines of this log dropped: whoever reads it did not keep up\n/.exec(log) ?? [];
      equal(log.split('GET /list/').length - 1 + Number(dropped), REQUESTS);
      match(log, / stopped\n$/);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
