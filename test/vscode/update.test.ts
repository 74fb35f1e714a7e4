/** Updating a board from the editor: a real board's script behind a real sshd, which restarts it. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Board, createBoard } from '../board/board.ts';
import { freePort } from '../free-port.ts';
import { type Sshd, startSshd } from '../ssh/sshd.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { status, stopServing, type Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import { pathWithNode } from './npm.ts';
import { until } from './workbench/wait.ts';

const NOISE_BYTES = 40 * 1024 * 1024;
const SIDE_BAR_PIXELS = 560;
const OLD_BUILD = '0'.repeat(64);
const IMAGE = 'docker-box-odroid-c4-big';
const WISH = { name: 'docker-box', board: 'odroid-c4', branch: 'big' };
const QUERY = new URLSearchParams(WISH).toString();
const [FIRST, SECOND, LOST, BY_HAND] = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'] as const;
/** The demo's stand-in for mkbox, which needs no root. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's variables
const BUILD = ['env', 'MKBOX_PACE_MS=50', process.execPath, '${mkbox}', '${boxbuild}'];
// biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's variable
const REBOOT = ['ssh', 'root@${address}', 'reboot'];
/** What the boards run once they were updated. */
const MAIN = 'docker-box-odroid-c4-main';
/** How long a board is down. */
const BOOT_MS = 700;

describe('updating a board now', () => {
  let bench: Bench;
  let sshd: Sshd;
  let userDataDir: string;
  let window: Window;
  const boards = new Map<string, Board>();
  const stop = new AbortController();
  let house: Promise<void>;

  before(async () => {
    sshd = await startSshd([FIRST, SECOND, LOST]);
    bench = await setUpBench();
    await addBigImage(bench.boxes, NOISE_BYTES);
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-user-'));
    const url = `http://127.0.0.1:${bench.port}`;
    for (const from of [FIRST, SECOND, BY_HAND]) boards.set(from, await createBoard({ server: url, from, ...WISH }));
    window = await bench.open({
      userDataDir,
      // as from a command line: else it asks a login shell for its PATH
      env: { PATH: `${path.dirname(sshd.ssh)}:${pathWithNode()}`, VSCODE_CLI: '1' },
      machineSettings: { 'mkbox.buildCommand': BUILD },
      viewport: { width: 1280, height: 900 },
    });
    await status(window, `mkbox local:${bench.port}`, 'broadcast');
    await window.workbench.openView('mkbox');
    await window.workbench.widenSideBar(SIDE_BAR_PIXELS);
    await haveAsked(FIRST, SECOND, LOST, BY_HAND);
    house = restartBoards();
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));
  after(async () => {
    stop.abort();
    await house;
    await window?.close();
    for (const board of boards.values()) await board[Symbol.asyncDispose]();
    await bench?.[Symbol.asyncDispose]();
    await sshd?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Waits until a board's row says that. */
  const described = (address: string, like: RegExp) =>
    until(
      `${address} ${like}`,
      async () => (await window.workbench.treeRows('Boards')).find(({ label }) => label === address)?.description,
      (text) => like.test(text ?? ''),
    );

  /** Boards that asked once, and lost their connection at once. */
  async function haveAsked(...addresses: readonly string[]): Promise<void> {
    for (const from of addresses) {
      const asking = { port: bench.port, from, query: QUERY, buildId: OLD_BUILD, signal: AbortSignal.abort() };
      await askForUpdate(asking);
      await described(from, /^broken off/);
    }
  }

  /** What the boards do while the test runs: one that is told to reboot asks, flashes, and asks again. */
  async function restartBoards(): Promise<void> {
    let done = 0;
    while (!stop.signal.aborted) {
      const orders = await sshd.orders();
      for (const { address, command } of orders.slice(done)) if (command === 'reboot') await boot(address);
      done = orders.length;
      await sleep(50);
    }
  }
  async function boot(address: string): Promise<void> {
    const board = boards.get(address);
    await sleep(BOOT_MS);
    if ((await board?.boot({ limitRate: '16M' }))?.flashed !== true) return;
    await sleep(BOOT_MS);
    await board?.boot();
  }

  const message = (like: RegExp) =>
    until(
      `the message ${like}`,
      () => window.workbench.notifications(),
      (shown) => shown.some(({ text }) => like.test(text)),
    ).then((shown) => shown.find(({ text }) => like.test(text)));
  const update = (address: string) => window.workbench.clickRowAction('Boards', address, 'Update Board Now');
  /** Changes a setting, and waits until it is in force: the colours, changed behind it, are seen to be. */
  async function set(name: string, value: unknown, theme: 'light' | 'dark'): Promise<void> {
    await window.changeSettings({ [name]: value });
    await window.workbench.setTheme(theme);
  }
  const machineSettings = async () =>
    JSON.parse(await readFile(path.join(userDataDir, 'Machine', 'settings.json'), 'utf8'));

  it('offers to restart it by ssh, follows it, and ends when it runs its new build', async () => {
    await window.page.evaluate(`(() => {
      const seen = globalThis.seenOfUpdate = [];
      // a step may be over before the page's next frame
      new MutationObserver(() => {
        for (const item of document.querySelectorAll('.notifications-toasts .notification-list-item-message')) {
          const text = (item.textContent ?? '').replaceAll('\\u00a0', ' ');
          if (text.startsWith('mkbox: updating') && seen.at(-1) !== text) seen.push(text);
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    })()`);
    await update(FIRST);
    const asked = await window.workbench.quickPick();
    assert.equal(asked.title, `Restart ${FIRST}`);
    assert.deepEqual(
      asked.rows.map(({ label, icon }) => `${icon} ${label}`),
      [`terminal ssh root@${FIRST} reboot`, 'plug Power-Cycle It by Hand', 'gear Set Another Command…'],
    );
    await window.workbench.pictures('update-restart');
    await window.workbench.choose(`ssh root@${FIRST} reboot`);
    await message(/downloading [2-9]\d%/);
    await window.workbench.pictures('update-downloading');
    const told = await message(new RegExp(`^mkbox: ${FIRST} runs build [0-9a-f]{7} of ${IMAGE}\\.$`));
    assert.equal(told?.severity, 'info');
    const seen = (await window.page.evaluate('globalThis.seenOfUpdate')) as string[];
    const steps = seen.map((text) => /: (verifying|restarting|checking|downloading|flashing)/.exec(text)?.[1]);
    const story = steps.filter((step, index) => step !== undefined && step !== steps[index - 1]);
    assert.deepEqual(
      story.filter((step) => step !== 'checking'),
      ['verifying', 'restarting', 'downloading', 'flashing'],
      seen.join('\n'),
    );
    assert.deepEqual((await machineSettings())['mkbox.rebootCommand'], REBOOT);
    await status(window, `mkbox local:${bench.port}`, 'broadcast');
  });

  it('asks nothing of the next one, of which it says how long it will take', async () => {
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await update(SECOND);
    await message(/flashing, about \d+ sec left|flashing, should be back any moment/);
    await message(new RegExp(`^mkbox: ${SECOND} runs build`));
    assert.deepEqual(
      (await sshd.orders()).map(({ address, command }) => `${address} ${command}`),
      [`${FIRST} reboot`, `${SECOND} reboot`],
    );
    await window.workbench.clickRowAction('Boards', SECOND, 'Update Board Now');
    await message(new RegExp(`^mkbox: ${SECOND} already runs build`));
  });

  it('gives up one that never comes back, in words, and leads onto it', async () => {
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await set('mkbox.rebootTimeout', 3, 'dark');
    await update(LOST);
    const told = await message(/^mkbox: the update of 127\.0\.0\.4 stopped before the board asked/);
    assert.equal(told?.severity, 'error');
    assert.match(
      told?.text ?? '',
      /: it did not ask within 3 sec; did it restart, .*\? Last seen: .*\. Its restart ended with: .*(closed by remote host\.|Broken pipe|reset by peer)$/,
    );
    assert.deepEqual(told?.buttons, ['Open SSH Terminal', 'Show Requests', 'Show Log']);
    await window.workbench.pictures('update-lost');
    await window.workbench.clickNotificationButton('stopped before', 'Open SSH Terminal');
    await window.page
      .locator('.terminal-tabs-entry, .single-terminal-tab', { hasText: `ssh ${LOST}` })
      .first()
      .waitFor();
    await until(
      'ssh to be on the board',
      async () => (await sshd.orders()).at(-1),
      (order) => order?.address === LOST && order.command === '',
    );
    await window.workbench.pictures('update-terminal');
    await window.page.keyboard.press('Enter');
    await window.page.locator('.terminal-wrapper').waitFor({ state: 'detached' });
  });

  it('leaves nothing changed when it is cancelled: no server, and a board on hold as before', async () => {
    await set('mkbox.rebootTimeout', 300, 'dark');
    await stopServing(window);
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await window.workbench.clickRowAction('Boards', LOST, 'Hold Board');
    await described(LOST, /^held · /);
    await window.workbench.clickInContextMenu('Boards', LOST, 'Update Board Now');
    await message(/^mkbox: 127\.0\.0\.4 gets no updates until it is released: held by /);
    await window.workbench.clickNotificationButton('until it is released', 'Release and Update');
    await message(/restarting: waiting for it to ask/);
    await described(LOST, /^broken off/);
    await status(window, `mkbox local:${bench.port} · one update to ${LOST}`, 'target');
    const other = { port: bench.port, from: BY_HAND, query: QUERY, buildId: OLD_BUILD };
    assert.equal((await askForUpdate(other)).status, 404, 'no other board gets anything meanwhile');
    for (const port of [await freePort(), bench.port]) {
      await window.changeSettings({ 'mkbox.port': port }); // the server is another one then, and the update goes on
      await status(window, `mkbox local:${port} · one update to ${LOST}`, 'target');
    }
    await window.workbench.clickNotificationButton('mkbox: updating', 'Cancel');
    await status(window, 'mkbox', 'circle-slash');
    await described(LOST, /^held · /);
    assert.deepEqual(
      (await window.workbench.notifications()).filter(({ text }) => text.includes(LOST)),
      [],
    );
  });

  it('is not begun while another board is the only one that is served, though both were chosen before', async () => {
    await set('mkbox.rebootCommand', 'sleep 60', 'dark');
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await window.workbench.clickInContextMenu('Boards', LOST, 'Update Board Now');
    await message(/^mkbox: 127\.0\.0\.4 gets no updates until it is released: held by /);
    await window.workbench.clickInContextMenu('Boards', BY_HAND, 'Update Board Now');
    await status(window, `mkbox local:${bench.port} · one update to ${BY_HAND} · 1 held`, 'target');
    await window.page.waitForTimeout(1_000); // of more than three messages in 800 ms, VS Code hides the others
    await window.workbench.clickNotificationButton('until it is released', 'Release and Update');
    await message(/^mkbox: only 127\.0\.0\.5 is served now, for its update: wait for it, or cancel it\./);
    await described(LOST, /^held · /);
    await status(window, `mkbox local:${bench.port} · one update to ${BY_HAND} · 1 held`, 'target');
    await window.workbench.clickNotificationButton(`mkbox: updating ${BY_HAND}`, 'Cancel');
    await status(window, 'mkbox', 'circle-slash');
  });

  it('leaves a board on hold that got nothing when the window was reloaded', async () => {
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await window.workbench.clickInContextMenu('Boards', LOST, 'Update Board Now');
    await window.workbench.clickNotificationButton('until it is released', 'Release and Update');
    await message(/restarting: waiting for it to ask/);
    await described(LOST, /^broken off/);
    await window.reload();
    await window.workbench.openView('mkbox');
    await described(LOST, /^held · /);
    await status(window, `mkbox local:${bench.port} · 1 held`);
    await set('mkbox.rebootCommand', REBOOT, 'dark');
    await stopServing(window);
  });

  it('serves one update to any board again, when it was cancelled while that was served', async () => {
    const served = (what: string) =>
      until(
        `${what} in the status bar`,
        () => window.workbench.statusBarItem('mkbox.status'),
        ({ ariaLabel }) => ariaLabel.includes(what),
      );
    await window.workbench.runCommand('mkbox: Serve One Update');
    await served('serving one update of any image');
    await window.workbench.clickInContextMenu('Boards', LOST, 'Update Board Now');
    await window.workbench.clickNotificationButton('until it is released', 'Release and Update');
    await message(/restarting: waiting for it to ask/);
    await served(LOST);
    await window.workbench.clickNotificationButton('mkbox: updating', 'Cancel');
    await served('serving one update of any image');
    await described(LOST, /^held · /);
    await stopServing(window);
  });

  it('says why ssh failed, and goes on with one that is restarted by hand, though nothing else is served', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the setting's variable
    await set('mkbox.rebootCommand', 'ssh -p 1 root@${address} reboot', 'light');
    await window.workbench.clickRowAction('Boards', BY_HAND, 'Hold Board');
    await described(BY_HAND, /^held · /);
    await window.workbench.clickInContextMenu('Boards', BY_HAND, 'Update Board Now');
    await window.workbench.clickNotificationButton('until it is released', 'Release and Update');
    const told = await message(/^mkbox: 127\.0\.0\.5 could not be restarted/);
    assert.match(told?.text ?? '', /: ssh ended with status 255: .*Connection refused$/);
    assert.deepEqual(told?.buttons, ['Power-Cycle It Instead', 'Open SSH Terminal', 'Show Log']);
    await status(window, 'mkbox', 'circle-slash');
    await described(BY_HAND, /^held · /);
    await window.page.waitForTimeout(1_000); // of more than three messages in 800 ms, VS Code hides the others
    await window.workbench.clickNotificationButton('could not be restarted', 'Power-Cycle It Instead');
    await message(/power-cycle it now: waiting for it to ask for its update/);
    await until(
      'that of the update that failed to be gone',
      () => window.workbench.notifications(),
      (shown) => shown.filter(({ text }) => text.startsWith('mkbox: updating')).length === 1,
    );
    await window.workbench.pictures('update-by-hand');
    await boot(BY_HAND);
    await message(new RegExp(`^mkbox: ${BY_HAND} runs build`));
    await status(window, 'mkbox', 'circle-slash');
    await described(BY_HAND, /^confirmed/);
  });

  it('builds an image first that is older than its sources, or always when it is told so', async () => {
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await window.workbench.runCommand('mkbox: Serve Images');
    await set('mkbox.rebootCommand', REBOOT, 'dark');
    const boxbuild = path.join(bench.boxes, 'docker-box', 'BOXBUILD');
    await utimes(boxbuild, new Date(), new Date(Date.now() + 60_000));
    const buildIdFile = path.join(bench.boxes, 'docker-box', `${MAIN}.img.buildID`);
    const builds = [await readFile(buildIdFile, 'utf8')];
    await update(FIRST);
    const asked = await message(/is older than/);
    assert.match(
      asked?.text ?? '',
      new RegExp(`^mkbox: ${MAIN} is older than .*BOXBUILD\\. Build it before ${FIRST} is updated\\?$`),
    );
    assert.deepEqual(asked?.buttons, ['Build and Update', 'Update Without Building']);
    await window.workbench.pictures('update-stale');
    await window.workbench.clickNotificationButton('is older than', 'Build and Update');
    await message(new RegExp(`^mkbox: ${FIRST} runs build [0-9a-f]{7} of ${MAIN}\\.$`));
    builds.push(await readFile(buildIdFile, 'utf8'));
    await window.workbench.runCommand('Notifications: Clear All Notifications');
    await window.workbench.runCommand('mkbox: Build and Update Board…');
    await window.workbench.choose(FIRST);
    await message(new RegExp(`^mkbox: ${FIRST} runs build`));
    builds.push(await readFile(buildIdFile, 'utf8'));
    assert.equal(new Set(builds).size, 3);
  });
});
