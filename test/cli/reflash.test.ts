import { doesNotMatch, match } from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';

/** Asks as a board that runs `build` does at a boot, on a connection of its own, until the server says what came of it. */
async function boot(server: RunningServer, build: string): Promise<void> {
  const told = () => server.lines().filter((line) => line.includes('"GET /update?')).length;
  const toldBefore = told();
  const asked = get(`${server.url}/update?name=box&board=pi&build_id=${build}`, { agent: false });
  const [answer] = await once(asked, 'response');
  answer.resume();
  await once(answer, 'close');
  while (told() === toldBefore) await sleep(10);
}

suite('update-server, asked by a board that flashes itself again and again,', { timeout: 240_000 }, () => {
  test('says so in its log', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await using server = await startUpdateServer({ imagePath: boxes.root });
    for (let time = 0; time < 3; time++) await boot(server, BUILD_B);
    await server.stop();
    match(
      server.lines().join('\n'),
      / the board 127\.0\.0\.1, given box\/box-pi, flashes itself at every boot: it got build aaaaaaa 2 times in a row/,
    );
  });

  test('lets what the board calls its build write no line of its own', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await using server = await startUpdateServer({ imagePath: boxes.root });
    for (const build of [BUILD_B, BUILD_B, '%0AF%1B%5B31m']) await boot(server, build);
    await server.stop();
    const log = server.lines().join('\n');
    match(log, / still reports \\u\{a\}F\\u\{1b\}\[31m;/);
    doesNotMatch(log, /^F|\p{Cc}(?<!\n)/mu);
  });
});
