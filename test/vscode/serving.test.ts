/** The extension in a trusted workspace: it serves by itself, and shows what boards get. */
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { createBoard } from '../board/board.ts';
import { DEMO_IMAGES } from '../board/demo-boxes.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const STATUS = 'mkbox.status';
const NOISE_BYTES = 40 * 1024 * 1024;

describe('mkbox in a trusted workspace', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let url: string;
  let bigSha256: string;

  before(async () => {
    bench = await setUpBench();
    bigSha256 = await addBigImage(bench.boxes, NOISE_BYTES);
    vscode = await bench.open();
    workbench = vscode.workbench;
    url = `http://127.0.0.1:${bench.port}`;
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  const status = (text: string | RegExp) =>
    until(
      `the status ${text}`,
      () => workbench.statusBarItem(STATUS),
      (item) => (typeof text === 'string' ? item.text === text : text.test(item.text)),
    );
  const row = async (view: string, label: string | RegExp) =>
    (await workbench.treeRows(view)).find((it) =>
      typeof label === 'string' ? it.label === label : label.test(it.label),
    );
  /** A request whose description, but for its time, is like this. */
  const request = (description: RegExp) =>
    until(
      `a request ${description}`,
      async () => (await workbench.treeRows('Requests')).map((it) => it.description.replace(/ · [^·]+$/, '')),
      (seen) => seen.some((text) => description.test(text)),
    );
  const rowWith = (view: string, label: string | RegExp, description: RegExp) =>
    until(
      `a row ${label} ${description}`,
      () => row(view, label),
      (it) => description.test(it?.description ?? ''),
    );

  it('starts to serve by itself', async () => {
    const item = await status(`mkbox local:${bench.port}`);
    assert.deepEqual(item.icons, ['broadcast']);
    assert.equal(item.ariaLabel, `mkbox: serving images at ${url}`);
    const list = await (await fetch(`${url}/list`)).text();
    assert.match(list, /^docker-box\/docker-box-odroid-c4-main$/m);
  });

  it('shows the boxes, their images, and what there is to tell of each', async () => {
    await workbench.openView('mkbox');
    const rows = await until(
      'the images',
      () => workbench.treeRows('Images'),
      (found) => found.length >= 14,
    );
    const labels = rows.map(({ label, level }) => `${level} ${label}`);
    assert.deepEqual(labels, [
      '1 docker-box',
      '2 docker-box-beaglebone-green',
      '2 docker-box-odroid-c4-big',
      '2 docker-box-odroid-c4-feature-x-1.2.0',
      '2 docker-box-odroid-c4-main',
      '2 Consists of',
      '1 led-blink',
      '2 example-led-blink-beaglebone-green',
      '2 example-led-blink-odroid-c4',
      '2 Consists of',
      '1 linux-box',
      '2 linux-box-beaglebone-green-main-1.0.0',
      '2 linux-box-odroid-c4-master',
      '2 Consists of',
    ]);
    const image = await row('Images', 'docker-box-odroid-c4-feature-x-1.2.0');
    assert.equal(image?.text, 'odroid-c4 · feature-x · 1.2.0');
    assert.match(image?.description ?? '', /^.+ · 32 kB$/);
    await workbench.expand('Images', 'docker-box-odroid-c4-feature-x-1.2.0');
    await rowWith('Images', 'Size', /^32 kB compressed, 43 MB raw, ratio/);
    await rowWith('Images', 'Build ID', /^[0-9a-f]{64}$/);
    await workbench.pictures('images');
    await workbench.setTheme('high contrast');
    await vscode.screenshot('images-high-contrast');
    await workbench.setTheme('light');
    await workbench.collapse('Images', 'docker-box-odroid-c4-feature-x-1.2.0');
  });

  it('shows a board downloading, in the status bar and among the requests, until it is updated', async () => {
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c4', branch: 'big' });
    const boot = board.boot({ limitRate: '8M' });
    const percent = async () => Number(/ (\d+)%$/.exec((await status(/^127\.0\.0\.1 \d+%$/)).text)?.[1]);
    const first = await percent();
    await until('the percentage to grow', percent, (now) => now > first);
    await request(/^sending \d+% of 42 MB · docker-box-odroid-c4-big$/);
    await until(
      'the image to be marked',
      () => row('Images', 'docker-box-odroid-c4-big'),
      (it) => /being sent to a board$/.test(it?.ariaLabel ?? ''),
    );
    await workbench.pictures('downloading');
    const { flashed, diskSha256 } = await boot;
    assert.equal(flashed, true);
    assert.equal(diskSha256, bigSha256);
    await request(/^sent 42 MB in \d.* · docker-box-odroid-c4-big$/);
    await status(`mkbox local:${bench.port}`);
  });

  it('tells at a glance why a board got nothing, until the user looked', async () => {
    await workbench.openView('Explorer');
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c5', branch: 'main' });
    assert.equal((await board.boot()).flashed, false);
    const item = await status('mkbox 127.0.0.1');
    assert.equal(item.urgency, 'warning');
    assert.match(item.ariaLabel, /got nothing: no image docker-box-odroid-c5-main; nearest: docker-box-odroid-c4-/);
    await workbench.pictures('refused');
    await workbench.clickStatusBarItem(STATUS);
    await workbench.choose('Why 127.0.0.1 Got Nothing');
    const why = 'mkbox: 127.0.0.1 got nothing: no image docker-box-odroid-c5-main';
    await workbench.clickNotificationButton(why, 'Show Requests');
    await workbench.clickInContextMenu('Boards', '127.0.0.1', 'Why Did the Board Get Nothing?');
    await workbench.dismissNotification(why);
    await request(/^no image docker-box-odroid-c5-main; nearest/);
    await status(`mkbox local:${bench.port}`);
  });

  it('serves a board that asks for what is not there the nearest image instead, when the user wants that', async () => {
    const wanted = { name: 'linux-box', board: 'odroid-c4', branch: 'mastre' };
    await using board = await createBoard({ server: url, ...wanted });
    assert.equal((await board.boot()).flashed, false);
    await request(/^no image linux-box-odroid-c4-mastre; nearest: linux-box-odroid-c4-master/);
    await workbench.runCommand('mkbox: Why Did the Board Get Nothing?');
    const why = 'mkbox: 127.0.0.1 got nothing: no image linux-box-odroid-c4-mastre';
    await workbench.notification(why);
    await workbench.pictures('why');
    await workbench.clickNotificationButton(why, 'Copy Corrected update.txt');
    await workbench.clickNotificationButton('only this machine can reach', 'Copy Anyway');
    await until(
      'the corrected update.txt on the clipboard',
      async () => String(await vscode.page.evaluate('navigator.clipboard.readText()')),
      (text) => text.includes('force_update_branch=master\n'),
    );
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.runCommand('mkbox: Why Did the Board Get Nothing?');
    await workbench.clickNotificationButton(why, 'Serve linux-box-odroid-c4-master Instead');
    const isPinned = async () =>
      (await workbench.treeRows('Boards')).some(({ description }) => description.startsWith('pinned · '));
    await until('the board to be pinned', isPinned, (is) => is);
    assert.equal((await board.boot()).flashed, true);
    assert.equal((await board.boot()).flashed, false, 'it runs what it is pinned to');
    await workbench.runCommand('mkbox: Unpin Board');
    await workbench.choose('127.0.0.1');
    await until('the board to be unpinned', isPinned, (is) => !is);
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('serves those who call this machine by another name, when the user allows that', async () => {
    const ask = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { host: 'updates.example.org' };
        const target = new URL('/update?name=linux-box&board=odroid-c4&branch=master', url);
        const options = { method: 'HEAD', headers, agent: false };
        get(target, options, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
      });
    assert.equal(await ask(), 403);
    await workbench.runCommand('mkbox: Why Did the Board Get Nothing?');
    await workbench.clickNotificationButton('mkbox: 127.0.0.1 got nothing: ', 'Allow updates.example.org');
    await until('the name to be allowed', ask, (answer) => answer === 200);
    await vscode.changeSettings({ 'mkbox.allowedHosts': undefined });
    await until('the name to be foreign again', ask, (answer) => answer === 403);
    await workbench.openView('mkbox'); // where the refusal is seen
  });

  it('shows a build as it lands, file by file, and serves it when it is whole', async () => {
    const name = 'docker-box-odroid-c4-main.img';
    const nextBuild = path.join(import.meta.dirname, '../fixtures/next-build', name);
    const target = path.join(bench.boxes, 'docker-box', 'docker-box-odroid-c4-main.img');
    for (const suffix of ['.buildID', '.zst', '.sha256']) await rm(target + suffix);
    const image = (description: RegExp) => rowWith('Images', 'docker-box-odroid-c4-main', description);
    await until(
      'the image to vanish',
      () => row('Images', 'docker-box-odroid-c4-main'),
      (it) => it === undefined,
    );
    await cp(`${nextBuild}.buildID`, `${target}.buildID`);
    await image(/not ready$/);
    assert.match((await row('Images', 'docker-box-odroid-c4-main'))?.ariaLabel ?? '', /\.img\.zst is missing$/);
    await cp(`${nextBuild}.zst`, `${target}.zst`);
    await until(
      'the checksums to be missing',
      () => row('Images', 'docker-box-odroid-c4-main'),
      (it) => /\.img\.sha256 is missing$/.test(it?.ariaLabel ?? ''),
    );
    assert.equal((await fetch(`${url}/update/docker-box/docker-box-odroid-c4-main`)).status, 404);
    await workbench.pictures('building');
    await cp(`${nextBuild}.sha256`, `${target}.sha256`);
    await image(/ · 409 kB$/);
    await using board = await createBoard({ server: url, ...DEMO_IMAGES.main });
    assert.equal((await board.boot()).flashed, true);
  });

  it('verifies images, and marks one that is not what its checksums say', async () => {
    await workbench.clickInContextMenu('Images', 'docker-box-odroid-c4-feature-x-1.2.0', 'Verify Images');
    await until(
      'the image to be verified',
      () => row('Images', 'docker-box-odroid-c4-feature-x-1.2.0'),
      (it) => /ready, verified$/.test(it?.ariaLabel ?? ''),
    );
  });

  it('serves one update and stops by itself', async () => {
    await workbench.runCommand('mkbox: Serve One Update');
    const { message, detail } = await workbench.dialogs.shown();
    assert.equal(message, 'Serve one update, and stop serving after it?');
    assert.match(detail, /^(1 board asks|\d+ boards ask) here\. “Serve Once to a Board…” turns nobody away\.$/);
    await workbench.dialogs.click('Serve One Update');
    await until(
      'the shot to be armed',
      () => workbench.statusBarItem(STATUS),
      (item) => item.icons.includes('target'),
    );
    await workbench.pictures('one-shot');
    await using board = await createBoard({ server: url, ...DEMO_IMAGES.master });
    assert.equal((await board.boot()).flashed, true);
    await workbench.notification('127.0.0.1 got linux-box-odroid-c4-master. Serving has stopped.');
    await status('mkbox');
    await assert.rejects(fetch(`${url}/list`));
    await workbench.dismissNotification('got linux-box-odroid-c4-master');
  });

  it('serves one image once: a board that asks for another gets nothing, and does not end it', async () => {
    await workbench.clickRowAction('Images', 'example-led-blink-odroid-c4', 'Serve This Image Once');
    await until(
      'the shot',
      () => workbench.statusBarItem(STATUS),
      (item) => item.icons.includes('target'),
    );
    await using other = await createBoard({ server: url, ...DEMO_IMAGES.master });
    assert.equal((await other.boot()).flashed, false);
    await request(
      /^only led-blink\/example-led-blink-odroid-c4 is served now, not linux-box\/linux-box-odroid-c4-master · linux-box-odroid-c4-master$/,
    );
    await using board = await createBoard({ server: url, ...DEMO_IMAGES.led });
    assert.equal((await board.boot()).flashed, true);
    await workbench.notification('got example-led-blink-odroid-c4. Serving has stopped.');
    await workbench.dismissNotification('got example-led-blink-odroid-c4');
  });

  it('serves all images again after one, where it did before', async () => {
    await workbench.runCommand('mkbox: Serve Images');
    await status(`mkbox local:${bench.port}`);
    await workbench.clickRowAction('Images', 'example-led-blink-odroid-c4', 'Serve This Image Once');
    const { message, detail } = await workbench.dialogs.shown();
    assert.equal(message, 'Serve one update of example-led-blink-odroid-c4, and no other image meanwhile?');
    assert.match(detail, / Once a board has it, all images are served again\. /);
    await workbench.dialogs.click('Serve One Update');
    await status(`mkbox local:${bench.port} · one update of example-led-blink-odroid-c4`);
    await until(
      'the row to say so',
      () => row('Images', 'example-led-blink-odroid-c4'),
      (it) => /one update is served/.test(it?.description ?? ''),
    );
    await workbench.pictures('image-once');
    await using board = await createBoard({ server: url, ...DEMO_IMAGES.led });
    assert.equal((await board.boot()).flashed, true);
    await workbench.notification('got example-led-blink-odroid-c4. All images are served again.');
    await workbench.dismissNotification('got example-led-blink-odroid-c4');
    await status(`mkbox local:${bench.port}`);
    await using other = await createBoard({ server: url, ...DEMO_IMAGES.master });
    assert.equal((await other.boot()).flashed, true);
  });

  it('lets a running transfer finish when it is stopped', async () => {
    await workbench.runCommand('mkbox: Serve Images');
    await status(`mkbox local:${bench.port}`);
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c4', branch: 'big' });
    const boot = board.boot({ limitRate: '4M' });
    await status(/^127\.0\.0\.1 \d+%$/);
    await workbench.clickStatusBarItem(STATUS);
    await workbench.choose('Stop Serving');
    await status('mkbox: stopping, 1 download left');
    await until(
      'the port to be closed',
      () =>
        fetch(`${url}/list`).then(
          () => true,
          () => false,
        ),
      (open) => !open,
    );
    assert.equal((await boot).diskSha256, bigSha256);
    await status('mkbox');
  });

  it('cuts a running transfer off when it is stopped now, and says that the stop did it', async () => {
    await workbench.runCommand('mkbox: Serve Images');
    await status(`mkbox local:${bench.port}`);
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c4', branch: 'big' });
    const boot = board.boot({ limitRate: '1M' });
    await status(/^127\.0\.0\.1 \d+%$/);
    await workbench.runCommand('mkbox: Stop Serving');
    await status('mkbox: stopping, 1 download left');
    await workbench.pictures('stopping');
    await workbench.clickStatusBarItem(STATUS);
    await workbench.choose('Stop Now');
    assert.equal((await boot).flashed, false);
    await request(/^broken off at \d+%: cut off by the stop/);
    await status(/^(mkbox|127\.0\.0\.1)$/);
  });

  it('starts once, however often and quickly it is asked to', async () => {
    await Promise.all([1, 2, 3].map(() => fetch(`${url}/list`).catch(() => undefined)));
    await workbench.runCommand('mkbox: Serve Images');
    await workbench.runCommand('mkbox: Serve Images');
    await workbench.runCommand('mkbox: Restart');
    await status(`mkbox local:${bench.port}`);
    await until(
      'the server to answer',
      () =>
        fetch(`${url}/list`).then(
          (it) => it.status,
          () => 0,
        ),
      (code) => code === 200,
    );
  });

  it('has the same port again after the window was reloaded', async () => {
    await vscode.reload();
    await status(`mkbox local:${bench.port}`);
    await until(
      'the server to answer',
      () =>
        fetch(`${url}/list`).then(
          (it) => it.status,
          () => 0,
        ),
      (code) => code === 200,
    );
  });

  it('offers its commands in the palette, without those of the tree', async () => {
    for (const title of ['Serve Images', 'Serve One Update', 'Stop Serving', 'Restart', 'Verify Images', 'Show Log']) {
      assert.deepEqual(await workbench.commands(`mkbox: ${title}`), [`mkbox: ${title}`]);
    }
    for (const title of ['Serve This Image Once', 'Open BOXBUILD', 'Copy Value']) {
      assert.deepEqual(await workbench.commands(`mkbox: ${title}`), []);
    }
  });
});
