/** The commands that hand something to the user: what boards need, files, exports. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { shortBuildId } from '../../src/images/build-id.ts';
import { buildId, makeSet, startServer } from '../server/harness.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import type { StatusBarItem } from './workbench/status-bar.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const LINUX = 'linux-box-odroid-c4-master';
const NO_BUILD = '0'.repeat(64);
/** Another address than the one trials come from. */
const BOARD = '127.0.0.2';

describe('the commands of mkbox', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let url: string;

  before(async () => {
    bench = await setUpBench();
    vscode = await bench.open();
    workbench = vscode.workbench;
    url = `http://127.0.0.1:${bench.port}`;
    await until(
      'the server',
      () => workbench.statusBarItem('mkbox.status'),
      (item) => item.icons.includes('broadcast'),
    );
    await workbench.openView('mkbox');
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  /** Waits for a message, and closes it: the next one may say the same. */
  const told = async (text: string) => {
    await workbench.notification(text);
    await workbench.dismissNotification(text);
  };

  const status = (isWanted: (item: StatusBarItem) => boolean) =>
    until(`the status as ${isWanted}`, () => workbench.statusBarItem('mkbox.status'), isWanted);

  const wouldRun = async (image: string) => {
    const build = await readFile(path.join(bench.boxes, 'linux-box', `${image}.img.buildID`), 'utf8');
    return `mkbox: A board would now run build ${shortBuildId(build.slice(0, 64))}`;
  };

  const copied = (what: RegExp) =>
    until(
      `${what} on the clipboard`,
      async () => String(await vscode.page.evaluate('navigator.clipboard.readText()')),
      (text) => what.test(text),
    );

  const copyAnyway = () =>
    workbench.clickNotificationButton(
      `only this machine can reach ${url}; boards on the network cannot`,
      'Copy Anyway',
    );

  it('copy the URL of the server, and of an image, though only this machine can reach it', async () => {
    await workbench.runCommand('mkbox: Copy Update URL');
    await copyAnyway();
    assert.equal(await copied(/^http/), url);
    await workbench.clickInContextMenu('Images', 'docker-box-odroid-c4-feature-x-1.2.0', 'Copy Update URL');
    await copyAnyway();
    assert.equal(
      await copied(/update\?/),
      `${url}/update?name=docker-box&board=odroid-c4&branch=feature-x&version=1.2.0`,
    );
  });

  it('copy the command that shows what a board gets', async () => {
    await workbench.runCommand('mkbox: Copy curl Command');
    await workbench.choose('linux-box-odroid-c4-master');
    const expected = `curl '${url}/update?name=linux-box&board=odroid-c4&branch=master' | tar -tv`;
    assert.equal(await copied(/^curl/), expected);
  });

  it('copy the update.txt that points a board here', async () => {
    await workbench.clickInContextMenu('Images', 'docker-box-odroid-c4-main', 'Copy update.txt for a Board…');
    await copyAnyway();
    const lines = ['name=docker-box', 'branch=main', 'version=', `server_http=${url}`];
    assert.equal(await copied(/^force_/), lines.map((line) => `force_update_${line}\n`).join(''));
  });

  it('copy the DNS records that do the same', async () => {
    await workbench.runCommand('mkbox: Copy DNS TXT Records…');
    await copyAnyway();
    await workbench.choose('docker-box-odroid-c4-main');
    const { message } = await workbench.typeIntoInputBox('00:1e');
    assert.match(message, /^Twelve hexadecimal digits/);
    await workbench.inputBox('00:1E:06:12:34:56');
    await workbench.inputBox('lab.example.org');
    const owner = '00-1e-06-12-34-56.lab.example.org. IN TXT';
    const values = ['box_name=docker-box', 'box_branch=main', 'box_version=', `box_update_server=${url}`];
    assert.equal(await copied(/IN TXT/), values.map((value) => `${owner} "${value}"\n`).join(''));
  });

  it('try an image as a board does, and make no board of that', async () => {
    await workbench.clickInContextMenu('Images', 'docker-box-odroid-c4-main', 'Try as a Board…');
    await told('mkbox: A board would now run build d66ce5c');
    await until(
      'the trial among the requests',
      () => workbench.treeRows('Requests'),
      (rows) => rows.some(({ label }) => label === 'Trial'),
    );
    assert.deepEqual(await workbench.treeRows('Boards'), []);
    await workbench.pictures('trial');
  });

  it('try an image from the palette, which asks for one', async () => {
    await workbench.runCommand('mkbox: Try as a Board…');
    await workbench.choose(LINUX);
    await told(await wouldRun(LINUX));
  });

  it('try what a board asks for, from its row', async () => {
    const query = 'name=linux-box&board=odroid-c4&branch=master';
    await askForUpdate({ port: bench.port, from: BOARD, query, buildId: NO_BUILD });
    await workbench.clickInContextMenu('Boards', BOARD, 'Try as a Board…');
    await told(await wouldRun(LINUX));
  });

  it("try another server's image, by its URL", async () => {
    await using other = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 1000, 5));
    await workbench.runCommand('mkbox: Try as a Board…');
    await workbench.choose('Type a Query or a URL…');
    await workbench.inputBox(`${other.url}/update?name=box&board=pi`);
    await told(`mkbox: A board would now run build ${shortBuildId(buildId(5))}`);
    const asked = other.events.filter((event) => event.startsWith('finished'));
    assert.equal(asked.length, 2, other.events.join('\n'));
  });

  it('start the server for a fault on purpose, take a number that makes sense, and can be stopped', async () => {
    await workbench.runCommand('mkbox: Stop Serving');
    await status((item) => item.icons.includes('circle-slash'));
    await workbench.runCommand('mkbox: Serve with a Fault…');
    await workbench.clickNotificationButton('mkbox: images are not served now.', 'Serve Images');
    const { rows } = await workbench.quickPick();
    assert.equal(rows.length, 8);
    await vscode.screenshot('faults-light');
    await workbench.choose('Cut off');
    const { message } = await workbench.typeIntoInputBox('100');
    assert.equal(message, 'A whole number from 0 to 99');
    await workbench.inputBox('40');
    await workbench.choose('The next request for an image');
    const item = await status(({ urgency }) => urgency === 'warning');
    assert.match(item.ariaLabel, /; fault on purpose for the next image: cut off at 40 %$/);
    assert.match(item.text, /cut off at 40 %$/);
    assert.match(await workbench.statusBarTooltip('mkbox.status'), /fault on purpose for the next image/);
    await workbench.clickStatusBarItem('mkbox.status');
    const [first] = (await workbench.quickPick()).rows;
    assert.equal(first?.label, 'Stop the Fault');
    await workbench.pictures('fault-armed');
    await workbench.choose('Stop the Fault');
    await status(({ urgency }) => urgency === 'normal');
    assert.ok(!(await workbench.commands('mkbox: Stop the Fault')).includes('mkbox: Stop the Fault'));
  });

  it('serve one board with a fault on purpose, once, and say so at its request', async () => {
    await workbench.clickInContextMenu('Boards', BOARD, 'Serve with a Fault…');
    await workbench.choose('One wrong byte');
    await status(({ ariaLabel }) => ariaLabel.endsWith(`; fault on purpose for ${BOARD}: one wrong byte`));
    const query = 'name=linux-box&board=odroid-c4&branch=master';
    const boot = (from: string) => askForUpdate({ port: bench.port, from, query, buildId: NO_BUILD });
    const faulty = async () =>
      (await workbench.treeRows('Requests')).filter(({ description }) => /fault on purpose/.test(description));
    await boot('127.0.0.3');
    assert.deepEqual(await faulty(), []);
    assert.equal((await boot(BOARD)).status, 200);
    const [row] = await until('the fault among the requests', faulty, (rows) => rows.length > 0);
    assert.equal(row?.icon, 'bug');
    assert.match(row?.description ?? '', /^sent .*, with a fault on purpose: one wrong byte · /);
    await status(({ ariaLabel }) => !ariaLabel.includes('; fault on purpose'));
    await boot(BOARD);
    const newest = async () => (await workbench.treeRows('Requests'))[0];
    await until('the next request, without a fault', newest, (it) => /^sent [^,]* · /.test(it?.description ?? ''));
    await workbench.pictures('fault-met');
  });

  it("open a box's recipe", async () => {
    await workbench.clickRowAction('Images', 'led-blink', 'Open BOXBUILD');
    await vscode.page.getByRole('tab', { name: /BOXBUILD/ }).waitFor();
  });

  it('export the requests, and clear them', async () => {
    await fetch(`${url}/update?name=docker-box&board=nothing`);
    await until(
      'the request',
      () => workbench.treeRows('Requests'),
      (rows) => rows.length > 0,
    );
    await workbench.clickViewAction('Requests', 'Export Requests as JSON…');
    await vscode.page.getByRole('button', { name: 'OK', exact: true }).click();
    const file = path.join(bench.demo, 'mkbox-requests.json');
    const text = await until(
      'the file',
      () => readFile(file, 'utf8').catch(() => ''),
      (it) => it !== '',
    );
    const [request] = JSON.parse(text);
    assert.equal(request.status, 404);
    assert.equal(request.asked.board, 'nothing');
    await workbench.clickViewAction('Requests', 'Clear Requests');
    await workbench.welcome('Requests', /^No board has asked yet\./);
  });

  it('reveal an image in the Explorer by a file that is there', async () => {
    await rm(path.join(bench.boxes, 'linux-box', `${LINUX}.img.buildID`));
    await workbench.openView('mkbox');
    await until(
      'the image to be incomplete',
      () => workbench.treeRows('Images'),
      (rows) => rows.some(({ label, description }) => label === LINUX && /not ready$/.test(description)),
    );
    await workbench.clickInContextMenu('Images', LINUX, 'Reveal in Explorer View');
    const selected = vscode.page.locator('.explorer-folders-view .monaco-list-row.selected');
    await until(
      'the file in the Explorer',
      () => selected.allTextContents(),
      ([text]) => text?.trim() === `${LINUX}.img.zst`,
    );
  });
});
