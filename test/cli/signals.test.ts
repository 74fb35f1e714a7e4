import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { makeBoxes, writeSet } from '../images/image-sets.ts';
import { MOST_WAIT_MS, until } from '../until.ts';
import { askSlowly, type SlowClient } from './slow-client.ts';

const IMAGE_BYTES = 30_000_000;
const STOP_SIGNAL = new URL('../../src/cli/stop-signal.ts', import.meta.url).href;

/** A server in the midst of a transfer that its client does not go on reading. */
async function sending(): Promise<{ server: RunningServer; client: SlowClient } & AsyncDisposable> {
  const boxes = await makeBoxes();
  await writeSet(boxes.root, 'box', 'box-pi', { payload: Buffer.alloc(IMAGE_BYTES, 'image') });
  const server = await startUpdateServer({ imagePath: boxes.root });
  const client = await askSlowly(server.url, '/update/box/box-pi');
  const dispose = async () => {
    client.leave();
    await server[Symbol.asyncDispose]();
    await boxes[Symbol.asyncDispose]();
  };
  return { server, client, [Symbol.asyncDispose]: dispose };
}

async function says(server: RunningServer, text: RegExp): Promise<void> {
  await until(() => server.lines().some((line) => text.test(line)), server.lines);
}

for (const [signal, status, other, otherStatus] of [
  ['SIGTERM', 143, 'SIGINT', 130],
  ['SIGINT', 130, 'SIGTERM', 143],
] as const) {
  suite(`update-server, at ${signal},`, () => {
    test('ends with success when it has nothing to do', async () => {
      await using boxes = await makeBoxes();
      await using server = await startUpdateServer({ imagePath: boxes.root });
      equal((await fetch(`${server.url}/list`)).status, 200);
      deepEqual(await server.stop(signal), { status: 0, signal: null });
      match(server.lines().at(-1) ?? '', / stopped$/);
    });

    test('finishes what it is sending, takes nothing new, and ends with success', async () => {
      await using run = await sending();
      process.kill(run.server.pid, signal);
      await says(run.server, new RegExp(`${signal}: finishing 1 running request`));
      await rejects(fetch(`${run.server.url}/list`));
      equal((await run.client.readBody()) > IMAGE_BYTES, true);
      deepEqual(await run.server.exited, { status: 0, signal: null });
      await says(run.server, / box\/box-pi: sent$/m);
    });

    test(`ends at once with ${status} when it comes again`, async () => {
      await using run = await sending();
      process.kill(run.server.pid, signal);
      await says(run.server, new RegExp(`${signal}: finishing`));
      const begin = performance.now();
      deepEqual(await run.server.stop(signal), { status, signal: null });
      equal(performance.now() - begin < 20_000, true);
    });

    test(`ends at once with ${otherStatus} when ${other} comes next`, async () => {
      await using run = await sending();
      process.kill(run.server.pid, signal);
      await says(run.server, new RegExp(`${signal}: finishing`));
      const begin = performance.now();
      deepEqual(await run.server.stop(other), { status: otherStatus, signal: null });
      equal(performance.now() - begin < 20_000, true);
    });
  });

  suite(`a subcommand that takes long to stop, at ${signal},`, () => {
    for (const next of [signal, other]) {
      test(`is ended by ${next}`, async () => {
        const code = `import { stopSignal } from ${JSON.stringify(STOP_SIGNAL)};
          stopSignal('stopped').signal.onabort = () => console.log('stopping');
          setInterval(() => {}, 1000);
          console.log('running');`;
        const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
          stdio: ['ignore', 'pipe', 'inherit'],
          timeout: MOST_WAIT_MS,
          killSignal: 'SIGKILL',
        });
        const closed = once(child, 'close');
        const lines = createInterface(child.stdout);
        deepEqual(await once(lines, 'line'), ['running']);
        child.kill(signal);
        deepEqual(await once(lines, 'line'), ['stopping']);
        child.kill(next);
        deepEqual(await closed, [null, next]);
      });
    }
  });
}
