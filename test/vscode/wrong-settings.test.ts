/** Settings as people write them by hand: with a text where a number belongs, or a text in place of a list. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { makeSetWithTools } from '../fixtures/tool-made-set.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { serves, status, type Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import { until } from './workbench/wait.ts';

const FIRST = '1'.repeat(64);

describe('settings that are written wrong', () => {
  let bench: Bench;
  let window: Window;
  before(async () => {
    bench = await setUpBench();
    await make('1');
    window = await bench.open({ machineSettings: { 'mkbox.rateLimit': 100 } });
    await status(window, `mkbox local:${bench.port}`);
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  /** Builds the image of the box anew. */
  const make = (digit: string) =>
    makeSetWithTools(path.join(bench.boxes, 'first-box'), {
      ...{ box: 'first-box', board: 'odroid-c4', branch: 'main', buildId: digit.repeat(64), rootMib: 16 },
      rootFiles: { 'etc/motd': `${digit}\n` },
    });

  /** Which of three boards are sent a build that has just been made. */
  async function whoGets(digit: string): Promise<string[]> {
    await make(digit);
    const list = `http://127.0.0.1:${bench.port}/status`;
    const isThere = (text: string) => text.includes(digit.repeat(64));
    await until('the build', async () => (await fetch(list)).text(), isThere);
    const got: string[] = [];
    for (const from of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) {
      const query = 'name=first-box&board=odroid-c4&branch=main';
      const { bytes } = await askForUpdate({ port: bench.port, from, query, buildId: FIRST });
      if (bytes > 1_000_000) got.push(from);
    }
    return got;
  }

  it('are told of, and neither move the server nor take a limit away', async () => {
    const { workbench } = window;
    await window.changeSettings({ 'mkbox.port': '9000', 'mkbox.rateLimit': '5' });
    const port = `the setting mkbox.port can't be "9000"; ${bench.port} applies until you correct it.`;
    assert.deepEqual((await workbench.notification(port)).buttons, ['Open Settings']);
    await workbench.notification('the setting mkbox.rateLimit can\'t be "5"; 100 applies until you correct it.');
    assert.ok(await serves(bench.port));
    await workbench.clickNotificationButton(port, 'Open Settings');
    assert.match(await workbench.settings.scopeOf('Mkbox: Port'), /^Remote /);
    await workbench.settings.close();
    await window.changeSettings({ 'mkbox.port': bench.port, 'mkbox.rateLimit': undefined });
  });

  it('send a new build to one board first, with its number as a number', async () => {
    await window.changeSettings({ 'mkbox.rollOut.stages': [1, 'all'] });
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await until(
      'one board to get it',
      async () => whoGets('2'),
      (got) => got.length === 1,
    );
    await window.changeSettings({ 'mkbox.rollOut.stages': '1,all' });
    await window.workbench.notification('mkbox.rollOut.stages: stages are a list, such as ["1", "10%", "all"]');
    assert.equal((await whoGets('3')).length, 1);
    await window.changeSettings({ 'mkbox.rollOut.stages': undefined });
  });

  it('are mended, and not taken apart, when what they should allow is added', async () => {
    await window.changeSettings({ 'mkbox.allowedHosts': 'update.example.org' });
    assert.equal(await statusBy('boards.example.org'), 403);
    await window.workbench.runCommand('mkbox: Why Did the Board Get Nothing?');
    await window.workbench.clickNotificationButton('does not go by the name', 'Allow boards.example.org');
    await until(
      'an answer',
      () => statusBy('boards.example.org'),
      (found) => found === 200,
    );
    assert.equal(await statusBy('update.example.org'), 200);
  });

  /** What a board gets that calls the server by a name. */
  async function statusBy(host: string): Promise<number | undefined> {
    const path = '/update?name=first-box&board=odroid-c4&branch=main';
    const asked = request({ host: '127.0.0.1', port: bench.port, path, method: 'HEAD', headers: { host } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  }
});
