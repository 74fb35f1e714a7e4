/** What the user wanted of the server stays so, whatever settings change and whatever fails meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { openForMany, serveAsOpened, serves, status, stopServing, type Window } from './in-window.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import { until } from './workbench/wait.ts';

const NOISE_BYTES = 40 * 1024 * 1024;
const BIG = '/update/docker-box/docker-box-odroid-c4-big';

/** Long enough for VS Code to see a file as it is then. */
const HALF_WRITTEN_MS = 250;

/** Longer than it takes to stop and to serve again. */
const RESTART_MS = 2_000;

describe('what was wanted of mkbox', () => {
  let bench: Bench;
  let window: Window;
  before(async () => {
    bench = await setUpBench();
    await addBigImage(bench.boxes, NOISE_BYTES);
    window = await openForMany(bench);
  });
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  beforeEach(() => serveAsOpened(window, bench));
  afterEach((t) => keepEvidenceOfFailure(t, window));

  /** Something else that has the bench's port until it is closed, when images are to be served. */
  async function serveOnOccupiedPort(answer = 'not mkbox') {
    await stopServing(window);
    const stranger = createServer((_request, response) => response.end(answer)).listen(bench.port, '127.0.0.1');
    await once(stranger, 'listening');
    await window.workbench.runCommand('mkbox: Serve Images');
    return {
      [Symbol.dispose]() {
        stranger.close();
        stranger.closeAllConnections();
      },
    };
  }

  /** Asks for the big image and takes no more of it than the first bytes, until told to go on. */
  async function slowDownload(port: number): Promise<IncomingMessage> {
    const answer: IncomingMessage = await new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: BIG, agent: false }, resolve).on('error', reject);
    });
    return answer.on('error', () => {}).pause();
  }

  it('is one update only, though its port changes', async () => {
    await status(window, `mkbox local:${bench.port}`);
    await window.workbench.runCommand('mkbox: Serve One Update');
    await status(window, `mkbox local:${bench.port} · one update`, 'target');
    const port = await freePort();
    await window.changeSettings({ 'mkbox.port': port });
    const item = await status(window, `mkbox local:${port} · one update`);
    assert.deepEqual(item.icons, ['target']);
  });

  it('is one update only, though the port was taken at first', async () => {
    using stranger = await serveOnOccupiedPort();
    const { workbench } = window;
    await workbench.dismissNotification(`port ${bench.port} is in use`);
    await workbench.runCommand('mkbox: Serve One Update');
    await workbench.notification(`port ${bench.port} is in use`);
    stranger[Symbol.dispose]();
    await workbench.clickNotificationButton(`port ${bench.port} is in use`, 'Retry');
    await status(window, `mkbox local:${bench.port} · one update`, 'target');
  });

  it('is one update only, which is over when a board has it, though another is not done', async () => {
    await status(window, `mkbox local:${bench.port}`);
    await window.workbench.runCommand('mkbox: Serve One Update');
    await status(window, `mkbox local:${bench.port} · one update`, 'target');
    const download = await slowDownload(bench.port);
    const label = (text: RegExp) =>
      until(
        `the label ${text}`,
        () => window.workbench.statusBarItem('mkbox.status'),
        (item) => text.test(item.ariaLabel),
      );
    await label(/downloads .*; only one update is served$/);
    const small = `http://127.0.0.1:${bench.port}/update/led-blink/example-led-blink-odroid-c4`;
    await (await fetch(small)).arrayBuffer();
    await label(/stopping, 1 download left$/);
    await once(download.resume(), 'end');
    await status(window, 'mkbox', 'circle-slash');
  });

  it('goes on where it is, though the settings are read while they are being written', async () => {
    await status(window, `mkbox local:${bench.port}`);
    const download = await slowDownload(bench.port);
    await window.changeSettings({ 'mkbox.port': undefined });
    await sleep(HALF_WRITTEN_MS);
    await window.changeSettings({ 'mkbox.port': bench.port });
    const endMs = performance.now() + RESTART_MS;
    while (performance.now() < endMs) assert.equal(await serves(bench.port), true);
    download.destroy();
    await window.workbench.openView('mkbox'); // where it is seen that this one broke off
  });

  it('is to be stopped, though a setting changes while a transfer finishes', async () => {
    await status(window, `mkbox local:${bench.port}`);
    const download = await slowDownload(bench.port);
    await window.workbench.runCommand('mkbox: Stop Serving');
    await until('the drain', async () => !(await serves(bench.port)));
    const port = await freePort();
    await window.changeSettings({ 'mkbox.port': port });
    await sleep(RESTART_MS);
    download.destroy();
    await until(
      'the end',
      () => window.workbench.statusBarItem('mkbox.status'),
      (it) => !/%$/.test(it.text),
    );
    await sleep(RESTART_MS);
    assert.equal(await serves(port), false);
  });

  it('is another port, when the one it had was taken', async () => {
    using _stranger = await serveOnOccupiedPort();
    await window.workbench.notification(`port ${bench.port} is in use`);
    const port = await freePort();
    await window.changeSettings({ 'mkbox.port': port });
    await status(window, `mkbox local:${port}`, 'broadcast');
  });

  it('is the port that was set last, not the one taken for the session before', async () => {
    using _stranger = await serveOnOccupiedPort();
    const taken = `port ${bench.port} is in use`;
    await window.workbench.notification(taken);
    await window.workbench.clickNotificationButton(taken, 'Use Another Port for This Session');
    await until(
      'another port',
      () => window.workbench.statusBarItem('mkbox.status'),
      (it) => it.icons.includes('broadcast'),
    );
    const port = await freePort();
    await window.changeSettings({ 'mkbox.port': port });
    await status(window, `mkbox local:${port}`, 'broadcast');
  });

  it('goes on while other networks are let in, and what is being sent does', async () => {
    await status(window, `mkbox local:${bench.port}`);
    const download = await slowDownload(bench.port);
    await window.changeSettings({ 'mkbox.allow': ['10.0.0.0/8'], 'mkbox.allowedHosts': ['boards.example.org'] });
    const statusOf = () => fetch(`http://127.0.0.1:${bench.port}/list`).then((answer) => answer.status);
    await until('others to be let in', statusOf, (code) => code !== 200);
    assert.equal(await statusOf(), 403);
    await window.changeSettings({ 'mkbox.allow': ['127.0.0.0/8'] });
    await until('this machine to be let in', statusOf, (code) => code === 200);
    let bytes = 0;
    download.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await once(download.resume(), 'end');
    assert.ok(bytes > NOISE_BYTES);
  });

  it('is told in words, whatever the program that has the port calls itself', async () => {
    const workspace = '[Show](command:workbench.action.closeWindow)';
    using _stranger = await serveOnOccupiedPort(JSON.stringify({ server: 'mkbox', version: '1', workspace }));
    const { text } = await window.workbench.notification(`port ${bench.port} is served by another window`);
    assert.match(text, /\[Show\] ?\(command:/);
    assert.equal(await window.page.locator('.notification-list-item-message a').count(), 0);
  });
});
