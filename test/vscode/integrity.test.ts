/** What is in images, and what is wrong with them, as a user sees it; and raw images, which are packed. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { createBoard } from '../board/board.ts';
import { type DiskContent, imageNameOf, makeDiskImage, makeInitramfs } from '../fixtures/disk-image.ts';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const STATUS = 'mkbox.status';
const MINUTE_MS = 60_000;
const BUILD_1 = '0123456789abcdef'.repeat(4);
const BUILD_2 = 'fedcba9876543210'.repeat(4);

/** Its `.img.buildID` names another build than the image itself: a board would flash it at every boot. */
const WRONG: DiskContent = { box: 'docker-box', board: 'odroid-c4', branch: 'mixed', buildId: BUILD_1 };
/** As wrong, but not yet there at first. */
const LATE: DiskContent = { ...WRONG, branch: 'late' };
/** Its board.conf names a box that the editor would draw as a button. */
const LINKED: DiskContent = {
  box: 'docker-box',
  board: 'odroid-c4',
  branch: 'named',
  buildId: BUILD_1,
  boardConf: `imgname="[Show](command:workbench.action.closeSidebar)"\nboard="odroid-c4"\nbuildID="${BUILD_1}"\n`,
};
/** Its initramfs has lost its end: no board boots it. */
const CUT: DiskContent = { box: 'docker-box', board: 'odroid-c4', branch: 'cut', buildId: BUILD_1 };
/** Made by something else than mkbox. */
const FOREIGN: DiskContent = { ...CUT, branch: 'foreign', initramfs: null };
/** Only the raw image is there. */
const RAW: DiskContent = { box: 'docker-box', board: 'odroid-c4', branch: 'fresh', buildId: BUILD_1 };
/** A later build of an image of the demo, of which there is only the raw image. */
const NEWER: DiskContent = { box: 'linux-box', board: 'odroid-c4', branch: 'master', buildId: BUILD_2 };
const FACTS = 'docker-box-odroid-c4-feature-x-1.2.0';

/** So large, though it has no more than 41 MiB on the disk, that packing it takes long enough to be cancelled. */
const LONG_BYTES = 8 * 2 ** 30;

describe('images in mkbox', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let url: string;
  let rawSha256: string;

  before(async () => {
    bench = await setUpBench();
    const { file, image } = await writeImageSet(path.join(bench.boxes, 'docker-box'), WRONG);
    await writeFile(file('.img.buildID'), `${BUILD_2}  ${image}.img\n`);
    rawSha256 = await writeRaw(RAW);
    await writeRaw(NEWER);
    vscode = await bench.open({ viewport: { width: 1280, height: 1000 } });
    workbench = vscode.workbench;
    url = `http://127.0.0.1:${bench.port}`;
    await until(
      'the server',
      () => workbench.statusBarItem(STATUS),
      (item) => item.icons.includes('broadcast'),
    );
    await workbench.openView('mkbox');
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  const rawFile = (content: DiskContent) => path.join(bench.boxes, content.box, `${imageNameOf(content)}.img`);
  /** Writes a raw image into its box's folder, and answers its digest. */
  async function writeRaw(content: DiskContent): Promise<string> {
    const raw = makeDiskImage(content);
    await writeFile(rawFile(content), raw);
    return hash('sha256', raw, 'hex');
  }
  const rowThat = (
    label: string,
    what: string,
    isAsWished: (row: { description: string; ariaLabel: string }) => boolean,
  ) =>
    until(
      `${label} ${what}`,
      async () => (await workbench.treeRows('Images')).find((row) => row.label === label),
      (row) => row !== undefined && isAsWished(row),
    );
  const list = async () => (await fetch(`${url}/list`)).text();

  it('are shown where there is the raw image alone, and are for no board', async () => {
    const name = imageNameOf(RAW);
    const row = await rowThat(name, 'in the tree', ({ description }) => /^not packed · .* · 43 MB$/.test(description));
    assert.match(row?.ariaLabel ?? '', /; not packed: boards get it once it is packed$/);
    assert.equal(row?.icon, 'file-binary');
    assert.deepEqual(row?.actions, ['Pack Image']);
    assert.doesNotMatch(await list(), new RegExp(name));
    assert.equal((await fetch(`${url}/update/docker-box/${name}`)).status, 404);
    await rowThat(imageNameOf(NEWER), 'with a newer raw image', ({ description }) =>
      /^raw image is newer · /.test(description),
    );
    await workbench.expand('Images', name);
    await workbench.pictures('not-packed');
    await workbench.collapse('Images', name);
  });

  it('grow older while they are looked at', async () => {
    const builtAt = new Date(Date.now() - 2 * MINUTE_MS + 8_000);
    await utimes(path.join(bench.boxes, 'docker-box', `${FACTS}.img.zst`), builtAt, builtAt);
    const age = async () => {
      const row = (await workbench.treeRows('Images')).find(({ label }) => label === FACTS);
      return Number(/(\d+) minutes? ago · /.exec(row?.description ?? '')?.[1]);
    };
    const first = await until('its age', age, (minutes) => minutes >= 1 && minutes < 10);
    await until('a minute more', age, (minutes) => minutes === first + 1, 2 * MINUTE_MS);
  });

  it('are what they were when their packing is cancelled', async () => {
    const before = await served();
    await truncate(rawFile(NEWER), LONG_BYTES);
    await workbench.clickInContextMenu('Images', imageNameOf(NEWER), 'Pack Image');
    const { text } = await workbench.notification(`mkbox: packing ${imageNameOf(NEWER)}`);
    assert.match(text, /packing linux-box-odroid-c4-master/);
    await until(
      'bytes and percent',
      async () => (await workbench.notifications()).map((message) => message.text).join(),
      (texts) => /\d [GM]B of 8\.6 GB, \d+%/.test(texts),
    );
    await vscode.screenshot('packing-light');
    await workbench.clickRowAction('Images', imageNameOf(NEWER), 'Pack Image');
    await workbench.notification('is being packed already');
    await workbench.clickNotificationButton(`packing ${imageNameOf(NEWER)}`, 'Cancel');
    const folder = path.dirname(rawFile(NEWER));
    await until(
      'nothing to be left',
      () => readdir(folder),
      (names) => !names.some((file) => file.endsWith('.part')),
    );
    assert.deepEqual(await served(), before);
    await until(
      'the log',
      () => vscode.logs(),
      (log) => /packing linux-box\/linux-box-odroid-c4-master was cancelled/.test(log),
    );
    await workbench.dismissNotification('is being packed already');
    await writeRaw(NEWER);
  });

  /** What boards would get of the image that is packed anew. */
  async function served(): Promise<string[]> {
    const suffixes = ['.buildID', '.zst', '.sha256'];
    return Promise.all(suffixes.map(async (suffix) => hash('sha256', await readFile(rawFile(NEWER) + suffix), 'hex')));
  }

  it('are packed from the tree, and a board flashes what was packed', async () => {
    const name = imageNameOf(RAW);
    await workbench.clickRowAction('Images', name, 'Pack Image');
    const row = await rowThat(name, 'to be packed', ({ description }) =>
      /^(?!not packed).+ · \d+ kB$/.test(description),
    );
    assert.deepEqual(row?.actions, ['Serve This Image Once']);
    assert.match(await list(), new RegExp(`^docker-box/${name}$`, 'm'));
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c4', branch: 'fresh' });
    const boot = await board.boot();
    assert.deepEqual([boot.flashed, boot.diskSha256], [true, rawSha256]);
    assert.equal((await board.boot()).upToDate, true);
  });

  it('are packed by a command that offers first what boards cannot get as it is', async () => {
    await workbench.runCommand('mkbox: Pack Image');
    const { rows } = await workbench.quickPick();
    assert.deepEqual(
      rows.map(({ label, description }) => [label, description]),
      [
        [imageNameOf(NEWER), 'linux-box · raw image is newer'],
        [imageNameOf(RAW), 'docker-box · packed already'],
      ],
    );
    await vscode.screenshot('pack-light');
    await workbench.choose(imageNameOf(NEWER));
    await rowThat(imageNameOf(NEWER), 'to be packed', ({ description }) => !/newer/.test(description));
    assert.match(await readFile(`${rawFile(NEWER)}.buildID`, 'utf8'), new RegExp(`^${BUILD_2} `));
  });

  it('say what is in them, once they were verified', async () => {
    await workbench.clickInContextMenu('Images', FACTS, 'Verify Images');
    await rowThat(FACTS, 'to be verified', ({ ariaLabel }) => /; ready, verified$/.test(ariaLabel));
    await workbench.expand('Images', FACTS);
    const details = await until(
      'the details',
      () => workbench.treeRows('Images'),
      (rows) => rows.some(({ label }) => label === 'Domain'),
    );
    const value = (label: string) => details.find((row) => row.label === label)?.description ?? '';
    assert.match(value('Checked'), /: both SHA-256 digests, zstd frames, contents$/);
    assert.equal(value('Compression'), '1 zstd frame, 8 MiB window, content checksums');
    assert.equal(value('Board'), 'odroid-c4');
    assert.equal(value('Architecture'), 'aarch64');
    assert.match(value('Storage device'), /^\/dev\//);
    assert.match(value('Update server'), /^http:\/\//);
    assert.notEqual(value('Domain'), '');
    await workbench.clickRowAction('Images', 'Storage device', 'Copy Value');
    await until(
      'the value on the clipboard',
      async () => String(await vscode.page.evaluate('navigator.clipboard.readText()')),
      (text) => text === value('Storage device'),
    );
    await workbench.pictures('details');
    await workbench.collapse('Images', FACTS);
  });

  it('are marked when they are wrong, and say why', async () => {
    const name = imageNameOf(WRONG);
    await workbench.runCommand('mkbox: Verify Images');
    const message = await workbench.notification(`mkbox: ${name}: the image says that it is build 0123456`);
    assert.deepEqual([message.severity, message.buttons], ['error', ['Show Log']]);
    const row = await rowThat(name, 'to be marked', ({ description }) => /^wrong · /.test(description));
    assert.match(row?.ariaLabel ?? '', /; wrong, not sent to boards: the image says that it is build 0123456, and/);
    assert.deepEqual([row?.icon, row?.actions], ['error', []]);
    const listed = await list();
    assert.doesNotMatch(listed, new RegExp(name));
    const ready = new RegExp(`^${listed.trim().split('\n').length} images ready$`, 'm');
    assert.match(await workbench.statusBarTooltip(STATUS), ready);
    await workbench.expand('Images', name);
    await workbench.pictures('wrong');
    await workbench.collapse('Images', name);
    await workbench.dismissNotification('the image says that it is build');
    await until(
      'the log',
      () => vscode.logs(),
      (log) => new RegExp(`verified docker-box/${name}: wrong: `).test(log) && /verified led-blink.*: right/.test(log),
    );
  });

  it('bring no links into messages: what is in them is words of others', async () => {
    const name = imageNameOf(LINKED);
    await writeImageSet(path.join(bench.boxes, LINKED.box), LINKED);
    await rowThat(name, 'to be there', () => true);
    await workbench.clickInContextMenu('Images', name, 'Verify Images');
    const message = await workbench.notification(`mkbox: ${name}: the image was built for the box`);
    assert.match(message.text, /\[Show\] \(command:workbench\.action\.closeSidebar\)/);
    assert.equal(await vscode.page.locator('.notification-list-item-message a').count(), 0);
    await workbench.dismissNotification('the image was built for the box');
  });

  it('are marked when a board could not boot them, and are for no board', async () => {
    const initramfs = makeInitramfs(CUT);
    const name = imageNameOf(CUT);
    await writeImageSet(path.join(bench.boxes, CUT.box), { ...CUT, initramfs: initramfs.subarray(0, -100) });
    await rowThat(name, 'to be there', () => true);
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c4', branch: 'cut' });
    assert.equal((await board.boot()).flashed, false);
    const row = await rowThat(name, 'to be marked', ({ description }) => /^wrong · /.test(description));
    assert.equal(row?.icon, 'error');
    const why =
      "; wrong, not sent to boards: the initramfs is shorter than its U-Boot header says: a board can't boot it";
    assert.ok(row?.ariaLabel.endsWith(why), row?.ariaLabel);
    await workbench.expand('Images', name);
    await workbench.pictures('damaged-initramfs');
    await workbench.collapse('Images', name);
  });

  it('that mkbox did not make are for no board, until they are let through, and then marked', async () => {
    const name = imageNameOf(FOREIGN);
    await writeImageSet(path.join(bench.boxes, FOREIGN.box), FOREIGN);
    await rowThat(name, 'to be there', () => true);
    const query = `name=${FOREIGN.box}&board=${FOREIGN.board}&branch=${FOREIGN.branch}`;
    const ask = () => askForUpdate({ port: bench.port, from: '127.0.0.8', query, buildId: BUILD_2 });
    const asked = await ask().then(
      ({ status }) => status,
      () => 'cut off',
    );
    assert.notEqual(asked, 200);
    const row = await rowThat(name, 'to be marked as wrong', ({ description }) => /^wrong · /.test(description));
    assert.match(row?.ariaLabel ?? '', /has no initramfs.*; mkbox\.allowForeignImages serves images/);
    await vscode.changeSettings({ 'mkbox.allowForeignImages': true });
    const foreign = await rowThat(name, 'to be let through', ({ description }) => /^foreign · /.test(description));
    assert.match(foreign?.ariaLabel ?? '', /; ready, not verified: mkbox did not make this image$/);
    assert.deepEqual([foreign?.icon, foreign?.actions], ['question', ['Serve This Image Once']]);
    assert.match(await workbench.rowTooltip('Images', name), /ready, not verified: mkbox did not make this image/);
    assert.equal((await ask()).status, 200);
    await workbench.expand('Images', name);
    await workbench.pictures('foreign');
    await workbench.collapse('Images', name);
    await vscode.changeSettings({ 'mkbox.allowForeignImages': undefined });
    await rowThat(name, 'to be wrong again', ({ description }) => /^wrong · /.test(description));
  });

  it('behind a link out of the image folder are not served, which its row says, until links are followed', async () => {
    const outside = path.join(path.dirname(bench.demo), 'elsewhere');
    const { image } = await writeImageSet(outside, { ...CUT, box: 'linked-box' });
    await symlink(outside, path.join(bench.boxes, 'linked-box'));
    const row = await rowThat(
      'linked-box',
      'to be passed over',
      ({ description }) => description === 'link, not followed',
    );
    assert.equal(row?.icon, 'file-symlink-directory');
    assert.match(
      await workbench.rowTooltip('Images', 'linked-box'),
      /elsewhere: the images in it are not served; mkbox\.followLinks follows it$/,
    );
    assert.doesNotMatch(await list(), /linked-box/);
    await workbench.pictures('linked');
    await workbench.clickRowAction('Images', 'linked-box', 'Open the Setting');
    assert.match(await workbench.settings.scopeOf('Mkbox: Follow Links'), /^Remote /);
    await workbench.settings.close();
    await vscode.changeSettings({ 'mkbox.followLinks': true });
    await rowThat('linked-box', 'to be a box', ({ description }) => description === '1 image');
    await until('the image to be served', list, (lines) => lines.includes(`linked-box/${image}`));
  });

  it('in the wrong folder have a row that leads to the setting', async () => {
    await vscode.changeSettings({ 'mkbox.imagePath': path.join(bench.boxes, 'docker-box') });
    const isLoose = ({ description }: { description: string }) => description === 'not a folder of boxes';
    const row = await rowThat('docker-box', 'to be passed over', isLoose);
    assert.deepEqual(row?.actions, ['Open the Setting']);
    await workbench.clickRowAction('Images', 'docker-box', 'Open the Setting');
    await workbench.settings.scopeOf('Mkbox: Image Path');
    await workbench.settings.close();
    await vscode.changeSettings({ 'mkbox.imagePath': undefined });
    await rowThat('docker-box', 'to be a box', ({ description }) => !isLoose({ description }));
  });

  it('tell a board that asks for a wrong one nothing, and the user who asked', async () => {
    await workbench.openView('Explorer');
    await using board = await createBoard({ server: url, name: 'docker-box', board: 'odroid-c4', branch: 'mixed' });
    assert.equal((await board.boot()).flashed, false);
    const item = await until(
      'the warning',
      () => workbench.statusBarItem(STATUS),
      (it) => it.urgency === 'warning',
    );
    assert.match(item.ariaLabel, /got nothing: docker-box\/docker-box-odroid-c4-mixed is not sent: the image says/);
    await workbench.openView('mkbox');
    await until(
      'the request',
      () => workbench.treeRows('Requests'),
      ([request]) =>
        /^docker-box\/.*-mixed is not sent: the image says that it is build/.test(request?.description ?? ''),
    );
  });

  it('are what the boards are said to get next, at any time', async () => {
    const { file, image } = await writeImageSet(path.join(bench.boxes, LATE.box), LATE);
    await writeFile(file('.img.buildID'), `${BUILD_2}  ${image}.img\n`);
    await rowThat(image, 'to be there', () => true);
    const query = `name=${LATE.box}&board=${LATE.board}&branch=${LATE.branch}`;
    await askForUpdate({ port: bench.port, from: '127.0.0.9', query, buildId: BUILD_2 });
    await workbench.expand('Boards', '127.0.0.9');
    const getsNext = (what: RegExp) =>
      until(
        `what comes next, ${what}`,
        async () => (await workbench.treeRows('Boards')).find(({ label }) => label === 'Gets next')?.description ?? '',
        (text) => what.test(text),
      );
    await getsNext(/^build fedcba9 of docker-box-odroid-c4-late: its current build$/);
    await workbench.clickInContextMenu('Images', image, 'Verify Images');
    await getsNext(/^nothing: docker-box-odroid-c4-late is not sent: the image says that it is build/);
    await rm(file('.img.sha256'));
    await getsNext(/^nothing: docker-box-odroid-c4-late is incomplete: .*\.img\.sha256 is missing$/);
    await rm(file('.img.zst'));
    await getsNext(/^nothing: docker-box-odroid-c4-late is incomplete: .*\.img\.zst is missing$/);
  });
});
