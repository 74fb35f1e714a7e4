import { deepEqual, equal, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type RunOptions, runRestart } from '../../../src/editor/restart/run-command.ts';
import { MOST_WAIT_MS } from '../../until.ts';

const { execPath: node } = process;

/** Runs a script in Node, and hands over how it ended and what it printed. */
async function run(script: string, options: Partial<RunOptions> = {}) {
  const lines: string[] = [];
  const invocation = { program: node, args: ['-e', script] };
  const outcome = await runRestart(invocation, {
    signal: new AbortController().signal,
    timeoutMs: MOST_WAIT_MS,
    ...options,
    onLine(line) {
      lines.push(line);
      options.onLine?.(line);
    },
  });
  return { outcome, lines };
}

suite('a command that restarts a board', () => {
  test('is done when it ends with status 0, and its lines are handed over as they come', async () => {
    const { outcome, lines } = await run(`console.log('one\\n\\ntwo'); process.stderr.write('three')`);
    deepEqual([outcome, lines.toSorted()], [{ kind: 'done' }, ['one', 'three', 'two']]);
  });

  test('fails with any other status, but for 255', async () => {
    const script = (status: number) => `console.error('no \\x1b[31mway'); process.exitCode = ${status}`;
    const said = 'no \\u{1b}[31mway';
    deepEqual((await run(script(1))).outcome, { kind: 'failed', status: 1, said });
    deepEqual((await run(script(255))).outcome, { kind: 'cut off', said });
  });

  test('is told when there is no such program', async () => {
    const options = { onLine: () => {}, signal: new AbortController().signal };
    deepEqual(await runRestart({ program: '/nonexistent/ssh', args: [] }, options), {
      kind: 'not started',
      code: 'ENOENT',
    });
    const odd = await runRestart({ program: 'a\0b', args: [] }, options);
    ok(odd.kind === 'not started' && odd.code.includes('null bytes'));
  });

  test('is ended when it takes too long, or when nobody wants it any more', async () => {
    const forever = `console.log('on'); setInterval(() => {}, 1000)`;
    const { outcome, lines } = await run(forever, { timeoutMs: 500 });
    deepEqual(outcome, { kind: 'timed out', said: lines.at(-1) ?? '' }); // on a busy machine it is ended before it says anything
    const unwanted = new AbortController();
    const onLine = () => unwanted.abort();
    deepEqual((await run(forever, { signal: unwanted.signal, onLine })).outcome, {
      kind: 'killed',
      signal: 'SIGKILL',
      said: 'on',
    });
    equal((await run(forever, { signal: unwanted.signal })).outcome.kind, 'killed', 'also when that is known before');
  });

  test('takes with it what it started, and does not wait for what it left behind', async () => {
    const leave = `const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' });
      console.log(child.pid); child.unref()`;
    const { outcome, lines } = await run(leave); // hangs where it waits
    process.kill(Number(lines[0]), 'SIGKILL');
    deepEqual(outcome, { kind: 'done' });
  });

  test('is listened to only so far', async () => {
    const { outcome, lines } = await run(`for (let i = 0; i < 100000; i++) console.log('x'.repeat(1000))`);
    deepEqual(outcome, { kind: 'done' });
    ok(lines.length < 100 && lines.every((line) => line.length <= 300));
  });
});
