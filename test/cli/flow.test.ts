import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { StatusReport } from '../../src/status/report.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { type BoxesFolder, makeBoxes } from '../images/image-sets.ts';
import { makeSet } from '../server/harness.ts';
import { runCommand } from './run-command.ts';
import { askSlowly } from './slow-client.ts';

const PI = '/update/box/box-pi';

suite('update-server with bounds on what goes out at once', { timeout: 240_000 }, () => {
  let boxes: BoxesFolder;
  before(async () => {
    boxes = await makeBoxes();
    await makeSet(boxes.root, 'box', 'box-pi', 1_000_000);
    await makeSet(boxes.root, 'box', 'box-big', 20_000_000);
  });
  after(() => boxes[Symbol.asyncDispose]());

  /** What curl, which boards use, makes of an update: bytes, and seconds. */
  async function curl(url: string): Promise<{ bytes: number; seconds: number }> {
    const write = '%{size_download} %{time_total}';
    const { stdout } = await promisify(execFile)('curl', ['-sS', '-o', '/dev/null', '-w', write, url + PI]);
    const [bytes = 0, seconds = 0] = stdout.split(' ').map(Number);
    return { bytes, seconds };
  }

  test('says which, and keeps to the rate', async () => {
    await using server = await startUpdateServer({
      imagePath: boxes.root,
      env: { RATE_LIMIT: '1M', MAX_TRANSFERS: '3' },
    });
    const transfers = await Promise.all([curl(server.url), curl(server.url)]);
    match(server.lines()[1] ?? '', / sending at most 1000000 bytes per second, to all boards together$/);
    match(server.lines()[2] ?? '', / sending at most 3 images at a time; further boards wait$/);
    const bytes = transfers.reduce((sum, transfer) => sum + transfer.bytes, 0);
    const seconds = Math.max(...transfers.map((transfer) => transfer.seconds));
    ok(bytes > 2_000_000 && bytes <= 1_000_000 * (seconds + 0.1) + 5_000, `${bytes} in ${seconds} s`);
  });

  test('has a board wait, shows it as waiting, and logs how long it did', async () => {
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { MAX_TRANSFERS: '1' } });
    using first = await askSlowly(server.url, '/update/box/box-big');
    const second = curl(`${server.url}`);
    const running = async () => {
      const report = (await (await fetch(`${server.url}/status`)).json()) as Pick<StatusReport, 'running'>;
      return report.running.map(({ target, before }) => [target, before]);
    };
    while (!(await running()).some(([, before]) => before !== undefined)) await pause(10);
    deepEqual(await running(), [
      ['/update/box/box-big', undefined],
      [PI, 0],
    ]);
    match(await (await fetch(`${server.url}/metrics`)).text(), /^mkbox_transfers_waiting 1$/m);
    ok((await first.readBody()) > 20_000_000);
    ok((await second).bytes > 1_000_000);
    const told = () => server.lines().filter((line) => line.includes(`GET ${PI}`));
    while (told().length < 2) await pause(10);
    match(told()[0] ?? '', /box\/box-pi: queued: next in line$/);
    match(told()[1] ?? '', /box\/box-pi: sent, after \d+ ms in the queue$/);
  });

  test('does not start where a bound makes no sense', async () => {
    const { status, stderr } = await runCommand([], { IMAGE_PATH: boxes.root, RATE_LIMIT: '10' });
    equal(status, 2);
    match(stderr, /RATE_LIMIT must be bytes per second, 1000 or more, .* not "10"; 0 sets no limit\n$/);
  });
});
