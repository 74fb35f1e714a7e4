/** The extension where it can't simply serve: a taken port, no trust, two roots, boards on the network. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { freePort } from '../free-port.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { inWindow, openForMany, serveAsOpened, serves, status, stopServing, type Window } from './in-window.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import { until } from './workbench/wait.ts';

const STATUS = 'mkbox.status';

describe('mkbox in a window', () => {
  let bench: Bench;
  let window: Window;
  before(async () => {
    bench = await setUpBench();
    window = await openForMany(bench);
  });
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
  });
  beforeEach(() => serveAsOpened(window, bench));
  afterEach((t) => keepEvidenceOfFailure(t, window));

  it('knows another window of its own by name', async () => {
    await inWindow(bench, 'second window', {}, async ({ workbench }) => {
      await workbench.notification(`port ${bench.port} is served by another window, demo.`);
      const item = await until(
        'the status of a port that another window serves',
        () => workbench.statusBarItem(STATUS),
        ({ icons }) => icons.includes('window'),
      );
      assert.deepEqual([item.icons.length, item.urgency], [1, 'normal']);
    });
  });

  it('speaks of no port where any free one is taken', async () => {
    const { workbench } = window;
    await window.changeSettings({ 'mkbox.port': 0 });
    await until(
      'mkbox to serve',
      () => workbench.statusBarItem(STATUS),
      (it) => it.icons.includes('broadcast') && it.text !== `mkbox local:${bench.port}`,
    );
    await workbench.runCommand('mkbox: Serve to Boards on the Network…');
    await workbench.choose('All addresses');
    const { detail } = await workbench.dialogs.shown();
    assert.match(detail, /^Everyone who can reach any address of this machine on a free port will be able/);
    await workbench.dialogs.click('Cancel');
  });

  it('answers the networks that the settings allow, and none at all while these make no sense', async () => {
    const target = `http://127.0.0.1:${bench.port}/update?name=linux-box&board=odroid-c4`;
    const status = () =>
      fetch(target, { method: 'HEAD' }).then(
        (answer) => answer.status,
        () => 0,
      );
    const answers = (wanted: number) => until(`status ${wanted}`, status, (found) => found === wanted);
    await window.changeSettings({ 'mkbox.allow': ['127.0.0.1', 'lab'] });
    const { workbench } = window;
    const message = 'mkbox.allow: "lab" is no address or network; write 10.0.0.7, 10.0.0.0/8 or fd00::/8';
    assert.deepEqual((await workbench.notification(message)).buttons, ['Open Settings', 'Retry']);
    const failed = await until(
      'the failure',
      () => workbench.statusBarItem(STATUS),
      (it) => it.urgency === 'error',
    );
    assert.equal(failed.ariaLabel, `mkbox: ${message}`);
    assert.equal(await serves(bench.port), false);
    await workbench.clickNotificationButton(message, 'Open Settings');
    assert.match(await workbench.settings.scopeOf('Mkbox: Allow'), /^Remote /);
    await workbench.pictures('setting');
    await workbench.settings.close();
    await window.changeSettings({ 'mkbox.allow': ['10.0.0.0/8'] });
    await answers(403);
    await workbench.openView('mkbox');
    const rows = await until(
      'the request',
      () => workbench.treeRows('Requests'),
      (found) => found.some(({ description }) => /127\.0\.0\.1 is in none of the networks/.test(description)),
    );
    assert.ok(rows.length > 0);
    await window.changeSettings({ 'mkbox.allow': ['127.0.0.0/8'] });
    await answers(200);
    await window.changeSettings({ 'mkbox.allow': '127.0.0.0/8' });
    await workbench.notification('mkbox.allow must be a list of addresses and networks');
    assert.equal(await serves(bench.port), false);
  });

  it('serves where it does, whatever a message of an earlier failure is answered', async () => {
    await stopServing(window);
    const stranger = createServer((_request, response) => response.end('not mkbox')).listen(bench.port, '127.0.0.1');
    await once(stranger, 'listening');
    const { workbench } = window;
    await workbench.runCommand('mkbox: Serve Images');
    const { text } = await workbench.notification(`port ${bench.port} is in use by another program`);
    stranger.close();
    stranger.closeAllConnections();
    await workbench.runCommand('mkbox: Serve Images');
    await status(window, `mkbox local:${bench.port}`, 'broadcast');
    await workbench.clickNotificationButton(text, 'Use Another Port for This Session');
    await workbench.runCommand('mkbox: Serve Images'); // what the answer asked for would be done before that
    await status(window, `mkbox local:${bench.port}`, 'broadcast');
    assert.ok(await serves(bench.port));
  });

  // the last one: the port it takes lasts for the session
  it('says who has the port, takes no other by itself, and one for the session when told to', async () => {
    await stopServing(window);
    const stranger = createServer((_request, response) => response.end('not mkbox')).listen(bench.port, '127.0.0.1');
    await once(stranger, 'listening');
    await window.workbench.runCommand('mkbox: Serve Images');
    const { workbench } = window;
    const item = await status(window, `mkbox :${bench.port}`);
    const failed = await until(
      'the failure',
      () => workbench.statusBarItem(STATUS),
      (it) => it.urgency === 'error',
    );
    assert.equal(failed.ariaLabel, `mkbox: port ${bench.port} is in use`);
    assert.equal(item.text, failed.text);
    const message = await workbench.notification(`port ${bench.port} is in use by another program`);
    assert.deepEqual(message.buttons, ['Use Another Port for This Session', 'Open Settings', 'Retry']);
    await window.screenshot('port-in-use-light');
    await workbench.clickNotificationButton(message.text, 'Use Another Port for This Session');
    const serving = await until(
      'another port',
      () => workbench.statusBarItem(STATUS),
      (it) => it.icons.includes('broadcast'),
    );
    assert.ok(await serves(Number(serving.text.split(':')[1])));
    stranger.close();
    stranger.closeAllConnections();
  });
});

describe('mkbox', () => {
  let bench: Bench;
  before(async () => {
    bench = await setUpBench();
  });
  after(() => bench?.[Symbol.asyncDispose]());

  it('shows images but serves nothing until the workspace is trusted', async () => {
    await inWindow(bench, 'trust', { trust: 'ask' }, async (window) => {
      const { workbench } = window;
      await workbench.dialogs.click("No, I don't trust the authors");
      await workbench.openView('mkbox');
      await until(
        'the images',
        () => workbench.treeRows('Images'),
        (rows) => rows.length > 3,
      );
      await status(window, 'mkbox');
      assert.equal(await serves(bench.port), false);
      await until(
        'what the view says of that',
        () => workbench.viewMessage('Images'),
        (message) => message === 'Not served: this workspace is not trusted.',
      );
      await window.screenshot('untrusted-light');
      await workbench.clickStatusBarItem(STATUS);
      await workbench.choose('Manage Workspace Trust');
      await window.page
        .getByRole('button', { name: /^Trust$/ })
        .first()
        .click();
      await status(window, `mkbox local:${bench.port}`);
      assert.ok(await serves(bench.port));
    });
  });

  it('serves two roots as one, and marks the image that both have', async () => {
    const second = path.join(path.dirname(bench.demo), 'second');
    const workspace = path.join(path.dirname(bench.demo), 'both.code-workspace');
    await cp(bench.demo, second, { recursive: true });
    for (const box of ['linux-box', 'led-blink']) await rm(path.join(second, 'boxes', box), { recursive: true });
    await cp(path.join(bench.boxes, 'led-blink'), path.join(second, 'boxes', 'second-box'), { recursive: true });
    await writeFile(workspace, JSON.stringify({ folders: [{ path: 'demo' }, { path: 'second' }] }));
    await inWindow(bench, 'two roots', { workspace }, async (window) => {
      const { workbench } = window;
      await status(window, `mkbox local:${bench.port}`);
      const list = await (await fetch(`http://127.0.0.1:${bench.port}/list`)).text();
      assert.match(list, /^second-box\/example-led-blink-odroid-c4$/m);
      assert.equal(list.match(/^docker-box\/docker-box-odroid-c4-main$/gm)?.length, 1);
      await workbench.openView('mkbox');
      const rows = await until(
        'both roots',
        () => workbench.treeRows('Images'),
        (found) => found.length > 8,
      );
      const twice = rows.filter((row) => row.label === 'docker-box-odroid-c4-main');
      assert.deepEqual(
        twice.map((row) => /^not served · /.test(row.description)),
        [false, true],
      );
      await window.screenshot('two-roots-light');
    });
  });

  it('says of a root that its image folder is not there, and leads to the setting', async () => {
    const lost = path.join(path.dirname(bench.demo), 'lost');
    const workspace = path.join(path.dirname(bench.demo), 'lost.code-workspace');
    await mkdir(path.join(lost, '.vscode'), { recursive: true });
    await writeFile(path.join(lost, '.vscode/settings.json'), '{ "mkbox.imagePath": "~/no-such-folder" }');
    await writeFile(workspace, JSON.stringify({ folders: [{ path: 'demo' }, { path: 'lost' }] }));
    await inWindow(bench, 'lost root', { workspace }, async (window) => {
      const { workbench } = window;
      await status(window, `mkbox local:${bench.port}`);
      await workbench.openView('mkbox');
      const row = await until(
        'the row of the root',
        async () => (await workbench.treeRows('Images')).find(({ label }) => label === 'lost'),
        (found) => found !== undefined,
      );
      assert.match(row?.description ?? '', /^no such folder: \/.*[^~]\/no-such-folder$/);
      await workbench.pictures('lost-root');
      await workbench.clickInContextMenu('Images', 'lost', 'Open the Setting');
      assert.equal(await workbench.settings.scopeOf('Mkbox: Image Path'), 'Workspace');
    });
  });

  it('does not take host, port, networks or autostart from the files of a workspace', async () => {
    const settings = {
      'mkbox.host': '0.0.0.0',
      'mkbox.port': await freePort(),
      'mkbox.autoStart': false,
      'mkbox.allow': ['10.0.0.0/8'],
    };
    const folder = path.join(bench.demo, '.vscode');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings));
    try {
      await inWindow(bench, 'workspace settings', {}, async (window) => {
        const item = await status(window, `mkbox local:${bench.port}`);
        assert.equal(item.ariaLabel, `mkbox: serving images at http://127.0.0.1:${bench.port}`);
        assert.ok(await serves(bench.port));
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the network', () => {
  let bench: Bench;
  let userDataDir: string;
  let window: Window;
  let local: string;
  before(async () => {
    bench = await setUpBench();
    local = `mkbox: serving images at http://127.0.0.1:${bench.port}`;
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-user-data-'));
    window = await bench.open({ userDataDir, machineSettings: { 'mkbox.host': '0.0.0.0' } });
  });
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  afterEach(async (t) => {
    await keepEvidenceOfFailure(t, window);
    await window.changeSettings({ 'mkbox.host': undefined });
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await choose('This machine only');
    await served('this machine');
  });

  async function choose(address: string): Promise<void> {
    await window.workbench.runCommand('mkbox: Serve to Boards on the Network…');
    await window.workbench.choose(address);
  }

  const served = (to: 'this machine' | 'the network') =>
    until(
      `${to} to be served`,
      () => window.workbench.statusBarItem(STATUS),
      ({ icons, ariaLabel }) => icons.includes('broadcast') && (ariaLabel === local) === (to === 'this machine'),
    );

  // the first one: the window was opened with the setting
  it('is served only after mkbox was told to, which is kept for the workspace', async () => {
    const { workbench } = window;
    const item = await status(window, `mkbox local:${bench.port}`);
    assert.equal(item.ariaLabel, local);
    await workbench.notification('the setting mkbox.host is 0.0.0.0');
    await workbench.runCommand('mkbox: Serve to Boards on the Network…');
    const { rows } = await workbench.quickPick();
    assert.ok(rows.some((row) => row.label === 'This machine only' && row.description === '127.0.0.1'));
    await window.screenshot('network-light');
    await workbench.choose('All addresses');
    const dialog = await workbench.dialogs.shown();
    assert.match(dialog.message, /^Serve the images of demo to the network\?$/);
    assert.match(dialog.detail, new RegExp(`any address of this machine on port ${bench.port}`));
    await window.screenshot('consent-light');
    await workbench.dialogs.click('Serve to the Network');
    await served('the network');
    await window.reload();
    const again = await until(
      'the address in the status bar',
      () => workbench.statusBarItem(STATUS),
      ({ text }) => text.endsWith(`:${bench.port}`),
    );
    const [, address = ''] = /^mkbox ([\d.]+):\d+$/.exec(again.text) ?? [];
    assert.equal(again.ariaLabel, `mkbox: serving images at http://${address}:${bench.port}`);
    assert.notEqual(address, '127.0.0.1');
  });

  it('is served at the address that is set now, and boards are told one they can use', async () => {
    await window.changeSettings({ 'mkbox.host': '0.0.0.0' });
    await window.workbench.clickNotificationButton('the setting mkbox.host is 0.0.0.0', 'Serve to the Network…');
    await window.workbench.dialogs.click('Serve to the Network');
    const { ariaLabel } = await served('the network');
    const address = /^mkbox: serving images at http:\/\/(.+):/.exec(ariaLabel)?.[1];
    assert.ok(Object.values(networkInterfaces()).some((infos) => infos?.some((info) => info.address === address)));
    await window.changeSettings({ 'mkbox.host': '127.0.0.1' });
    await served('this machine');
  });

  it('is not served by an address that is gone: those that there are are offered', async () => {
    const { workbench } = window;
    await window.changeSettings({ 'mkbox.host': '192.0.2.7' });
    await workbench.clickNotificationButton('the setting mkbox.host is 192.0.2.7', 'Serve to the Network…');
    await workbench.dialogs.click('Serve to the Network');
    const gone = 'this machine has no address 192.0.2.7';
    const { buttons } = await workbench.notification(gone);
    assert.deepEqual(buttons, ['Serve to Boards on the Network…', 'Open Settings', 'Retry']);
    await workbench.clickNotificationButton(gone, 'Serve to Boards on the Network…');
    await workbench.choose('This machine only');
    await served('this machine');
  });

  // the last one: nothing can be kept after it
  it('is not served any more when mkbox was told so, though that cannot be kept', async () => {
    const { workbench } = window;
    await choose('All addresses');
    await workbench.dialogs.click('Serve to the Network');
    await served('the network');
    const kept = await readdir(userDataDir, { recursive: true });
    const [consent = ''] = kept.filter((file) => path.basename(file) === 'network-consent.json');
    const file = path.join(userDataDir, consent);
    await rm(file);
    await mkdir(path.join(file, 'in the way'), { recursive: true });
    await choose('This machine only');
    await workbench.notification('this could not be saved, and lasts until the window is closed');
    await served('this machine');
  });
});
