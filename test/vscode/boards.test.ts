/** The boards, as a user sees them: how far each is, whether it runs what it was given, and what can be done to it. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { createBoard } from '../board/board.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { serves } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const STATUS = 'mkbox.status';
/** So much that checking it takes long enough to be seen. */
const NOISE_BYTES = 150 * 1024 * 1024;
/** More than the system holds of what is sent, and so little that a busy machine sends it in a moment. */
const LAST_BYTES = 20_000_000;
/** So wide that a board's line can be read to its end. */
const SIDE_BAR_PIXELS = 640;
const OLD_BUILD = '0'.repeat(64);
const QUERY = 'name=linux-box&board=odroid-c4&branch=master';
const BIG = {
  query: 'name=docker-box&board=odroid-c4&branch=big',
  buildId: OLD_BUILD,
  bytesPerSecond: 12_000_000,
};
const IMAGE = 'linux-box-odroid-c4-master';
/** Of more than three messages in 800 ms, VS Code hides the others. */
const MESSAGE_MS = 1_000;
/** By what the boards ask for it. */
const WISH = 'linux-box odroid-c4 master';
/** What a board gets that is told to be up to date. */
const EMPTY_ARCHIVE_BYTES = 10_240;

describe('boards in mkbox', () => {
  let bench: Bench;
  let userDataDir: string;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let url: string;
  let build: string;

  before(async () => {
    bench = await setUpBench();
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-user-'));
    await addBigImage(bench.boxes, NOISE_BYTES);
    build = (await readFile(path.join(bench.boxes, 'linux-box', `${IMAGE}.img.buildID`), 'utf8')).slice(0, 64);
    url = `http://127.0.0.1:${bench.port}`;
    await open();
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  async function open(): Promise<void> {
    vscode = await bench.open({ userDataDir, viewport: { width: 1280, height: 1000 } });
    workbench = vscode.workbench;
    await isServing();
    await workbench.openView('mkbox');
    await workbench.widenSideBar(SIDE_BAR_PIXELS);
  }
  const isServing = () =>
    until(
      'the server',
      () => workbench.statusBarItem(STATUS),
      (item) => item.icons.includes('broadcast'),
    );
  const rowThat = (label: string, description: RegExp) =>
    until(
      `${label} ${description}`,
      async () => (await workbench.treeRows('Boards')).find((row) => row.label === label),
      (row) => description.test(row?.description ?? ''),
    );
  const labels = async () =>
    (await workbench.treeRows('Boards')).filter(({ level }) => level === 1).map((row) => row.label);
  const imageIcons = async () => (await workbench.treeRows('Images')).map(({ label, icon }) => `${icon} ${label}`);
  const boot = (from: string, buildId = OLD_BUILD) => askForUpdate({ port: bench.port, from, query: QUERY, buildId });
  const stateFolder = () => path.join(userDataDir, 'User/globalStorage/mkbox.mkbox/boards');
  const copied = (what: RegExp) =>
    until(
      `${what} on the clipboard`,
      async () => String(await vscode.page.evaluate('navigator.clipboard.readText()')),
      (text) => what.test(text),
    );

  it('are not there at first, which the view says', async () => {
    const says = /^No board has asked yet\. So far only this machine can reach the server/;
    const { buttons } = await workbench.welcome('Boards', says);
    assert.deepEqual(buttons, ['Serve to Boards on the Network…', 'Copy Update URL']);
  });

  it('are seen to check, download, flash and run what they were given', async () => {
    await vscode.page.evaluate(`(() => {
      const seen = globalThis.seenOfBoards = [];
      setInterval(() => {
        const row = document.querySelector('.monaco-list[aria-label="Boards"] .monaco-list-row .label-description');
        const text = (row?.textContent ?? '').replaceAll('\\u00a0', ' ');
        if (text !== '' && seen.at(-1) !== text) seen.push(text);
      }, 20);
    })()`);
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c4', branch: 'big' });
    const booted = board.boot({ limitRate: '20M' });
    const moving = /^downloading \d+% of 158 MB, [\d.]+ MB\/s, \d+ sec left · docker-box odroid-c4 big$/;
    const row = await rowThat('127.0.0.1', moving);
    assert.deepEqual([row?.icon, row?.expanded], ['cloud-download', false]);
    const badge = await until(
      'the badge',
      () => workbench.badge('mkbox'),
      ({ text }) => text === '1',
    );
    assert.equal(badge.ariaLabel, 'mkbox - 1 transfer running');
    await rowThat('127.0.0.1', /^downloading [2-9]\d%/);
    await workbench.pictures('boards-downloading');
    assert.equal((await booted).flashed, true);
    await rowThat('127.0.0.1', /^flashing build [0-9a-f]{7} · docker-box odroid-c4 big$/);
    await until(
      'the badge to go',
      () => workbench.badge('mkbox'),
      ({ text }) => text === '',
    );
    await board.boot();
    const confirmed = await rowThat('127.0.0.1', /^confirmed: it runs build [0-9a-f]{7} · docker-box odroid-c4 main$/);
    assert.equal(confirmed?.icon, 'pass-filled');
    const seen = (await vscode.page.evaluate('globalThis.seenOfBoards')) as string[];
    const kinds = seen.map((text) => text.split(/[ :]/)[0]);
    // a view that is drawn four times a second may miss the check
    const told = kinds.filter((kind) => kind !== 'checking');
    const story = told.filter((kind, index) => kind !== told[index - 1]);
    assert.deepEqual(story.slice(0, 2), ['downloading', 'flashing'], seen.join('\n'));
    assert.equal(story.at(-1), 'confirmed');
    const percents = seen.flatMap((text) => /^downloading (\d+)%/.exec(text)?.[1] ?? []).map(Number);
    // a busy machine draws few of them
    assert.ok(new Set(percents).size >= 3, percents.join());
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => a - b),
    );
  });

  it('tell what they run, what they get next, and what came of the builds they were given', async () => {
    await boot('127.0.0.2');
    await boot('127.0.0.3', build);
    const plug = new AbortController();
    const loading = askForUpdate({ port: bench.port, from: '127.0.0.4', ...BIG, signal: plug.signal });
    await rowThat('127.0.0.2', new RegExp(`^flashing build .* · ${WISH}$`));
    await rowThat('127.0.0.3', new RegExp(`^up to date · ${WISH}$`));
    await workbench.expand('Boards', '127.0.0.2');
    const rows = await until(
      'the details',
      () => workbench.treeRows('Boards'),
      (found) => found.some(({ label }) => label === 'Last seen'),
    );
    const value = (label: string) => rows.find((row) => row.label.startsWith(label))?.description ?? '';
    assert.equal(value('Runs'), OLD_BUILD);
    assert.equal(value('Gets next'), `build ${build.slice(0, 7)} of ${IMAGE}: differs from its current build`);
    assert.match(value('Build '), new RegExp(`^${IMAGE}, given .*, not confirmed$`));
    assert.equal(value('Address'), '127.0.0.2');
    const description = await until('the description', () => workbench.viewDescription('Boards'));
    assert.equal(description, '2 current · 2 updating');
    await rowThat('127.0.0.4', /^downloading [1-9]\d*%/);
    await workbench.pictures('boards');
    await workbench.clickRowAction('Boards', 'Runs', 'Copy Value');
    await copied(new RegExp(`^${OLD_BUILD}$`));
    plug.abort();
    await loading;
    const broken = await rowThat('127.0.0.4', /^broken off at [\d.]+ MB of 158 MB: the client closed the connection/);
    assert.equal(broken?.icon, 'error');
    await workbench.collapse('Boards', '127.0.0.2');
  });

  it('have the names they are given', async () => {
    // a row that moves while it is clicked leaves another one there
    const inOrder = ['127.0.0.4', '127.0.0.1', '127.0.0.2', '127.0.0.3'].join();
    await until('the boards to be in order', labels, (shown) => shown.join() === inOrder);
    await workbench.clickInContextMenu('Boards', '127.0.0.3', 'Rename Board…');
    await workbench.inputBox('the rack, top');
    await rowThat('the rack, top', /^up to date/);
    await workbench.clickRow('Boards', '127.0.0.2');
    await vscode.page.keyboard.press('F2');
    assert.equal((await workbench.typeIntoInputBox('by')).title, 'Rename the Board 127.0.0.2');
    await workbench.inputBox('by the window');
    await rowThat('by the window', /^flashing/);
    assert.deepEqual(await labels(), ['127.0.0.4', '127.0.0.1', 'by the window', 'the rack, top']);
  });

  it('are held until they are released, and marked as held meanwhile', async () => {
    const images = await until(
      'the last download to be over',
      imageIcons,
      (icons) => !icons.join().includes('download'),
    );
    await workbench.clickRowAction('Boards', 'by the window', 'Hold Board');
    const flashing = await rowThat('by the window', /^held · flashing/);
    assert.deepEqual(flashing?.actions, ['Release Board']);
    assert.deepEqual(await boot('127.0.0.2'), { status: 200, bytes: EMPTY_ARCHIVE_BYTES });
    const held = await rowThat('by the window', /^on hold: answered as up to date · .* · different build$/);
    assert.equal(held?.icon, 'debug-pause');
    const item = await until(
      'the status to say so',
      () => workbench.statusBarItem(STATUS),
      ({ text }) => text === `mkbox local:${bench.port} · 1 held`,
    );
    assert.match(item.ariaLabel, /; holding by the window$/);
    assert.match(await workbench.statusBarTooltip(STATUS), /holding by the window/);
    await until(
      'the request to be told as held, under the name of its board',
      () => workbench.treeRows('Requests'),
      ([request]) =>
        request?.label === 'by the window' &&
        request.description.startsWith(`on hold: answered as up to date · ${IMAGE} · `) &&
        request.icon === 'debug-pause',
    );
    assert.match(await workbench.rowTooltip('Requests', 'by the window'), /\b127\.0\.0\.2\b/);
    assert.match(
      await workbench.rowTooltip('Boards', 'by the window'),
      /Gets next: nothing while it is held; then build .*Copy Address \| Copy Build ID \| Open Status Page$/s,
    );
    const menu = await workbench.contextMenu('Requests', 'by the window');
    const offered = menu.map(({ label }) => label);
    assert.ok(offered.includes('Show Board') && offered.includes('Show Image') && !offered.includes('Copy Reason'));
    await workbench.closeMenu();
    await workbench.clickInContextMenu('Boards', 'by the window', 'Copy Address');
    assert.equal(await copied(/^127\.0\.0\.2$/), '127.0.0.2');
    assert.deepEqual(await imageIcons(), images);
    await workbench.pictures('boards-held');
  });

  it('are the same after the window was reloaded', async () => {
    await vscode.reload();
    await isServing();
    await workbench.openView('mkbox');
    await rowThat('by the window', /^on hold: answered as up to date/);
    assert.deepEqual(await labels(), ['127.0.0.4', '127.0.0.1', 'by the window', 'the rack, top']);
    assert.equal((await boot('127.0.0.2')).bytes, EMPTY_ARCHIVE_BYTES);
    await workbench.runCommand('mkbox: Release Board');
    const { rows } = await workbench.quickPick();
    assert.deepEqual(
      rows.map(({ label, description, detail }) => [label, description, detail]),
      [['by the window', `127.0.0.2 · ${WISH}`, 'on hold: answered as up to date']],
    );
    await workbench.choose('by the window');
    await until(
      'the status to say nothing of it',
      () => workbench.statusBarItem(STATUS),
      ({ text }) => text === `mkbox local:${bench.port}`,
    );
    assert.ok((await boot('127.0.0.2')).bytes > EMPTY_ARCHIVE_BYTES);
    await rowThat('by the window', /^flashing/);
    await boot('127.0.0.2', build);
    await rowThat('by the window', /^confirmed/);
  });

  it('keep what they got while the window was being reloaded', async () => {
    const drain = Promise.withResolvers<void>();
    const slow = { bytesPerSecond: 500_000, slowFrom: NOISE_BYTES - LAST_BYTES, slowUntil: drain.promise };
    const loading = askForUpdate({ port: bench.port, from: '127.0.0.4', ...BIG, ...slow });
    await rowThat('127.0.0.4', /^downloading/);
    const reloaded = vscode.reload();
    await until('the old window to end', async () => !(await serves(bench.port)));
    drain.resolve(); // what is still sent 4 s later is cut off
    assert.ok((await loading).bytes > NOISE_BYTES);
    await reloaded;
    await isServing();
    await workbench.openView('mkbox');
    await rowThat('127.0.0.4', /^flashing build/);
  });

  it('get an update beside the others when it is served once to one of them', async () => {
    await until(
      'the window to know that it is trusted',
      async () => (await workbench.treeRows('Boards')).find(({ label }) => label === 'by the window')?.actions ?? [],
      (actions) => actions.includes('Serve Once to This Board'),
    );
    await workbench.clickInContextMenu('Boards', 'by the window', 'Serve Once to This Board');
    await until(
      'the status to say so',
      () => workbench.statusBarItem(STATUS),
      ({ text, icons }) =>
        text === `mkbox local:${bench.port} · one update to by the window` && icons.includes('broadcast'),
    );
    await rowThat('by the window', /^one update is served · confirmed/);
    await workbench.pictures('boards-once');
    assert.equal((await boot('127.0.0.3')).status, 200, 'the others are served meanwhile');
    const { status, bytes } = await boot('127.0.0.2');
    assert.deepEqual([status, bytes > EMPTY_ARCHIVE_BYTES], [200, true]);
    await rowThat('by the window', /^flashing/);
    await isServing();
  });

  it('are told of when they run what they were given, if the user wants that', async () => {
    await vscode.changeSettings({ 'mkbox.notifyConfirmed': true });
    const message = `mkbox: 127.0.0.5 runs build ${build.slice(0, 7)} of ${IMAGE}.`;
    await until('the message', async () => {
      await boot('127.0.0.5');
      await boot('127.0.0.5', build);
      await vscode.page.waitForTimeout(MESSAGE_MS); // the setting may not have been read yet
      return (await workbench.notifications()).some(({ text }) => text === message);
    });
    await workbench.dismissNotification('runs build');
    await vscode.changeSettings({ 'mkbox.notifyConfirmed': undefined });
  });

  it('are pointed here by the update.txt that is made for one of them', async () => {
    await vscode.page.waitForTimeout(MESSAGE_MS);
    await workbench.clickInContextMenu('Boards', 'by the window', 'Copy update.txt for This Board');
    await workbench.clickNotificationButton('boards on the network cannot', 'Copy Anyway');
    const lines = ['name=linux-box', 'branch=master', 'version=', `server_http=${url}`];
    assert.equal(await copied(/^force_/), lines.map((line) => `force_update_${line}\n`).join(''));
  });

  it('are on the status page, which opens in a browser', async () => {
    const opened = vscode.page.context().waitForEvent('page', { timeout: 15_000 });
    await workbench.runCommand('mkbox: Open Status Page');
    const page = await opened;
    await page.getByText('by the window').waitFor({ timeout: 15_000 });
    await page.getByText('live', { exact: true }).waitFor({ timeout: 15_000 });
    await page.close();
  });

  it('are forgotten once the user said so again', async () => {
    await workbench.clickInContextMenu('Boards', '127.0.0.5', 'Forget Board…');
    const { message, detail } = await workbench.dialogs.shown();
    assert.equal(message, 'Forget the board 127.0.0.5?');
    assert.match(detail, /^Its name and its builds are lost\./);
    await workbench.dialogs.click('Forget');
    await until('the board to be gone', labels, (names) => !names.includes('127.0.0.5'));
  });

  it('have DNS records by their MAC, where this machine knows it, and are there after a restart', async () => {
    await vscode.close();
    const file = (await readdir(stateFolder())).find((name) => name.endsWith('.json')) ?? '';
    const kept = JSON.parse(await readFile(path.join(stateFolder(), file), 'utf8'));
    for (const board of kept.boards) if (board.name === 'the rack, top') board.mac = '00:1e:06:12:34:56';
    await writeFile(path.join(stateFolder(), file), JSON.stringify(kept));
    await open();
    await rowThat('by the window', /./);
    const without = await workbench.contextMenu('Boards', 'by the window');
    assert.ok(!without.some(({ label }) => label.startsWith('Copy DNS')));
    await workbench.closeMenu();
    await workbench.clickInContextMenu('Boards', 'the rack, top', 'Copy DNS TXT Records for This Board…');
    await workbench.clickNotificationButton('boards on the network cannot', 'Copy Anyway');
    await workbench.inputBox('lab.example.org');
    const owner = '00-1e-06-12-34-56.lab.example.org. IN TXT';
    assert.match(await copied(/IN TXT/), new RegExp(`^${owner} "box_name=linux-box"\n${owner} "box_branch=master"\n`));
  });

  it('are no reason not to serve when what was kept of them is damaged', async () => {
    await vscode.close();
    const file = (await readdir(stateFolder())).find((name) => name.endsWith('.json')) ?? '';
    await writeFile(path.join(stateFolder(), file), '{"format":1,"boards":[');
    await open();
    const { severity } = await workbench.notification('are damaged (it is not JSON); the file was set aside as');
    assert.equal(severity, 'warning');
    await workbench.welcome('Boards', /^No board has asked yet/);
    assert.ok((await readdir(stateFolder())).some((name) => name.includes('.json.damaged-')));
    await boot('127.0.0.2');
    await rowThat('127.0.0.2', /^flashing/);
  });
});
