import { deepEqual, equal, match } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type BoxesFolder, makeBoxes, writeSet } from '../images/image-sets.ts';
import { until } from '../until.ts';
import { askSlowly } from './slow-client.ts';
import { Supervised } from './supervised.ts';

const WATCHDOG = /^WATCHDOG=1\nSTATUS=\d+ requests are being answered$/;
const EVERY_MS = 250;

/** How many processes another one has started that have not ended (proc_pid_children(5)). */
async function childrenOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const states = await Promise.all(
    children
      .split(' ')
      .filter((child) => child !== '')
      .map((child) => readFile(`/proc/${child}/stat`, 'latin1').catch(() => '')),
  );
  return states.filter((stat) => stat !== '' && !/\) Z /.test(stat)).length;
}

suite('the service manager', () => {
  let boxes: BoxesFolder;
  before(async () => {
    boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi', { payload: Buffer.alloc(30_000_000, 'image') });
  });
  after(() => boxes[Symbol.asyncDispose]());

  const start = (env: Record<string, string> = {}) => new Supervised({ imagePath: boxes.root, env });

  test('hears when the service serves, and when it begins to stop', async () => {
    await using service = start();
    await service.until('message', 1);
    equal(await service.stop(), 0);
    deepEqual(service.all('message'), [
      'READY=1\nSTATUS=0 requests are being answered',
      'STOPPING=1\nSTATUS=finishing 0 running requests, for at most 30 s',
    ]);
  });

  test('hears that the service serves only when it does', async () => {
    await using service = start();
    await service.until('message', /^READY=1/);
    const [port] = service.all('port');
    equal((await fetch(`http://127.0.0.1:${port}/list`)).status, 200);
  });

  test('finds its watchdog fed as long as the service lives, while it stops, too', async () => {
    await using service = start({ WATCHDOG_USEC: String(EVERY_MS * 2 * 1000) });
    await service.until('message', 4);
    const [port] = service.all('port');
    using client = await askSlowly(`http://127.0.0.1:${port}`, '/update/box/box-pi');
    const stopped = service.stop();
    const before = (await service.until('message', /^STOPPING=1/)).length;
    await service.until('message', before + 3);
    await client.readBody();
    equal(await stopped, 0);
    const messages = service.all('message');
    match(messages[0] ?? '', /^READY=1/);
    const watchdogs = messages.slice(1).filter((message) => !message.startsWith('STOPPING=1'));
    for (const message of watchdogs) match(message, WATCHDOG);
    equal(watchdogs.includes('WATCHDOG=1\nSTATUS=1 requests are being answered'), true);
  });

  test('finds its watchdog starved by a service that does not get on', async () => {
    await using service = start({ WATCHDOG_USEC: String(EVERY_MS * 2 * 1000) });
    await service.until('message', 3);
    const [pid = 0] = service.all('pid');
    process.kill(pid, 'SIGSTOP');
    await until(async () => (await childrenOf(pid)) === 0); // what was on its way has arrived
    await pause(EVERY_MS * 2);
    const seen = service.all('message').length;
    await pause(EVERY_MS * 6);
    equal(service.all('message').length, seen);
    process.kill(pid, 'SIGCONT');
    await service.until('message', seen + 2);
  });

  test('has a watchdog for another process', async () => {
    await using service = start({ WATCHDOG_USEC: '100000', WATCHDOG_PID: '1' });
    await service.until('message', 1);
    await pause(1_000);
    equal(service.all('message').length, 1);
  });

  test('that cannot be told is no reason not to serve', async () => {
    await using service = start({ NOTIFY_SOCKET: boxes.at('nobody'), LOG_FORMAT: 'journald' });
    const lines = await service.until('line', /could not be told/);
    match(lines.join('\n'), /^<4>the service manager could not be told READY=1: .*No such file or directory$/m);
    const [port] = service.all('port');
    equal((await fetch(`http://127.0.0.1:${port}/list`)).status, 200);
    equal(await service.stop(), 0);
  });

  test('that cannot be told for lack of a program is no reason not to serve', async () => {
    await using service = start({ PATH: '/nonexistent' });
    const lines = await service.until('line', /could not be told/);
    match(lines.join('\n'), / the service manager could not be told READY=1: there is no systemd-notify on PATH$/m);
    equal(await service.stop(), 0);
  });
});
