/** Finding and saving what is inside an image, and what differs between two builds. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import type { StatusReport } from '../../src/status/report.ts';
import { makeSetWithTools, type ToolMadeContent } from '../fixtures/tool-made-set.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, removeBoxes, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const IMAGE = 'changes-box-odroid-c4-main';
const CONTENT = { box: 'changes-box', board: 'odroid-c4', branch: 'main' } as const;
const packages = (version: string) => ({
  'lib/apk/db/installed': `P:busybox\nV:${version}\nI:900000\nT:The Swiss army knife\nL:GPL-2.0-only\no:busybox\n\n`,
});
/** Differs in a package, a text, a mode and a link. */
const NEWER: Partial<ToolMadeContent> = {
  rootFiles: { 'etc/motd': 'two\n', 'etc/init.d/net': '#!/sbin/openrc-run\n', ...packages('1.37.0-r20') },
  rootModes: { 'etc/init.d/net': 0o755 },
  rootLinks: { 'bin/sh': '/bin/busybox' },
};
const CHANGES = [
  'Packages 1 updated',
  'busybox 1.37.0-r18 → 1.37.0-r20',
  'Files 3 changed',
  'bin 1 changed',
  'sh busybox → /bin/busybox',
  'etc 2 changed',
  'init.d 1 changed',
  'net mode 644 → 755',
  'motd content',
];
const QUERY = 'name=changes-box&board=odroid-c4&branch=main';
/** Of a text that nobody compares by eye. */
const TOO_LARGE_BYTES = 2_000_001;
const SIZE = { width: 1280, height: 1000 };

describe('what is inside two builds', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;

  before(async () => {
    bench = await setUpBench();
    await removeBoxes(bench);
    await build('changes-box', '1', {
      rootFiles: { 'etc/motd': 'one\n', 'etc/init.d/net': '#!/sbin/openrc-run\n', ...packages('1.37.0-r18') },
      rootModes: { 'etc/init.d/net': 0o644 },
    });
    await build('other-box', '2', NEWER);
    vscode = await bench.open({ viewport: SIZE });
    workbench = vscode.workbench;
    await workbench.openView('mkbox');
    await workbench.widenSideBar(480);
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  const build = (box: string, digit: string, content: Partial<ToolMadeContent>) =>
    makeSetWithTools(path.join(bench.boxes, box), { ...CONTENT, buildId: digit.repeat(64), ...content });
  const rowOf = (view: string, label: string) =>
    until(
      label,
      async () => (await workbench.treeRows(view)).find((row) => row.label === label),
      (row) => row !== undefined,
    );

  it('is found by a part of its path, and shown in the tree or opened', async () => {
    await rowOf('Images', IMAGE);
    await workbench.runCommand('mkbox: Find in Image…');
    await until(
      'both images',
      () => workbench.quickPick(),
      ({ rows }) => rows.length === 2,
    );
    await vscode.page.keyboard.press('Enter');
    await until(
      'the files',
      () => workbench.quickPick(),
      ({ rows }) => rows.some(({ label }) => label === '/bin'),
    );
    await workbench.typeIntoInputBox('etcmotd');
    await until(
      'the one file',
      async () => (await workbench.quickPick()).rows.map(({ label }) => label).join(),
      (labels) => labels === '/etc/motd',
    );
    await workbench.pictures('find-in-image');
    const found = vscode.page.locator('.quick-input-list .monaco-list-row', { hasText: '/etc/motd' });
    await found.hover();
    await found.getByRole('button', { name: 'Show in the Images View' }).click();
    await until(
      'its row',
      () => workbench.treeRows('Images'),
      (all) => all.some(({ label }) => label === 'motd'),
    );
  });

  it('is saved where the user says', async () => {
    const target = path.join(bench.demo, 'saved-motd');
    const dialog = vscode.page.locator('.quick-input-widget').filter({ visible: true });
    await until('the dialog', async () => {
      // a row that the view draws anew at that moment, VS Code finds for no command
      await workbench.clickInContextMenu('Images', 'motd', 'Save As…');
      return dialog.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    });
    await workbench.answerFileDialog(target);
    await until(
      'the file',
      () => readFile(target, 'utf8').catch(() => ''),
      (text) => text === 'one\n',
    );
  });

  it('is filtered in the view by the tree', async () => {
    await workbench.expand('Images', 'Packages');
    await until(
      'the number of packages',
      async () => (await rowOf('Images', 'Packages'))?.description,
      (text) => text === '1',
    );
    await workbench.clickRow('Images', 'Packages');
    await vscode.page.keyboard.press('F3');
    await vscode.page.locator('.tree-find-widget input, .monaco-tree-type-filter input').fill('motd');
    await until(
      'the row that was found',
      () => vscode.page.locator('.monaco-list-row.focused .label-name').innerText(),
      (label) => label === 'motd',
    );
    await vscode.page.keyboard.press('Escape');
    await workbench.collapse('Images', IMAGE);
  });

  /** Folds or unfolds a view, for a picture. */
  const togglePane = (view: string) => vscode.page.locator(`.pane-header[aria-label^="${view}"] .title`).click();
  const changes = async () =>
    (await workbench.treeRows('Changes')).map(({ label, description }) => `${label} ${description}`);
  const messageIs = (text: string) =>
    until(
      text,
      () => workbench.viewMessage('Changes'),
      (shown) => shown === text,
    );
  const changesAre = (expected: readonly string[]) =>
    until(
      'the changes',
      changes,
      (rows) => JSON.stringify(rows.slice(0, expected.length)) === JSON.stringify(expected),
    );

  it('is compared: the view of changes shows what differs, and nothing else', async () => {
    await workbench.collapse('Images', 'other-box');
    await workbench.clickInContextMenu('Images', IMAGE, 'Select for Compare');
    await workbench.collapse('Images', 'changes-box');
    await workbench.expand('Images', 'other-box');
    await workbench.clickInContextMenu('Images', IMAGE, 'Compare with Selected');
    await changesAre(CHANGES);
    assert.deepEqual(
      (await workbench.treeRows('Changes')).slice(CHANGES.length).map(({ label }) => label),
      ['Expected'],
    );
    await messageIs(`${IMAGE} 1111111 → 2222222`);
    await workbench.clickRow('Changes', 'motd');
    const diff = vscode.page.locator('.monaco-diff-editor');
    await until(
      'both texts',
      () => diff.innerText(),
      (text) => text.includes('one') && text.includes('two'),
    );
    for (const view of ['Boards', 'Requests']) await togglePane(view);
    await workbench.pictures('changes');
    for (const view of ['Boards', 'Requests']) await togglePane(view);
    await workbench.clickViewAction('Changes', 'Swap the Builds');
    await until('the other way round', changes, (rows) => rows[1] === 'busybox 1.37.0-r20 → 1.37.0-r18');
    await workbench.clickViewAction('Changes', 'Open All Text Changes');
    await vscode.page.locator('.multiDiffEntry', { hasText: 'motd' }).waitFor();
    await workbench.pictures('all-changes');
    await workbench.clickViewAction('Changes', 'Clear Changes');
    await vscode.page.locator('.pane-header[aria-label^="Changes"]').waitFor({ state: 'detached' });
  });

  it('tells what would change on a board whose build is gone', async () => {
    await rm(path.join(bench.boxes, 'other-box'), { recursive: true });
    await build('changes-box', '3', NEWER);
    await askForUpdate({
      port: bench.port,
      from: '127.0.0.7',
      query: QUERY,
      buildId: '1'.repeat(64),
    });
    await rowOf('Boards', '127.0.0.7');
    await workbench.clickInContextMenu('Boards', '127.0.0.7', 'What Would Change?');
    await changesAre(CHANGES);
    await messageIs(`${IMAGE} 1111111 → 3333333`);
    await workbench.clickRow('Changes', 'motd');
    await workbench.notification('the image of build 1111111');
    await workbench.dismissNotification('the image of build 1111111');
  });

  it('says that nothing is known of the build that a board runs', async () => {
    await askForUpdate({ port: bench.port, from: '127.0.0.8', query: QUERY, buildId: '9'.repeat(64) });
    await rowOf('Boards', '127.0.0.8');
    await workbench.clickInContextMenu('Boards', '127.0.0.8', 'What Would Change?');
    await workbench.notification('what is in build 9999999, which 127.0.0.8 runs, is not known');
    await workbench.dismissNotification('what is in build 9999999');
    assert.equal(await workbench.viewMessage('Changes'), `${IMAGE} 1111111 → 3333333`);
  });

  it('is that of the row whose command is given, also while an image of another box is being written', async () => {
    await workbench.expand('Images', 'changes-box');
    const folder = path.join(bench.boxes, 'new-box');
    await mkdir(folder);
    let isDone = false;
    const writing = (async () => {
      for (; !isDone; await sleep(20)) await writeFile(path.join(folder, 'new-box-odroid-c4-main.img'), 'more');
    })();
    await rowOf('Images', 'new-box');
    try {
      for (let turn = 0; turn < 12; turn++) {
        await workbench.clickInContextMenu('Images', IMAGE, 'Compare with…');
        assert.equal((await workbench.quickPick()).title, `Compare ${IMAGE} With`);
        await vscode.page.keyboard.press('Escape');
      }
    } finally {
      isDone = true;
      await writing;
      await rm(folder, { recursive: true });
    }
    await until(
      'no more of it',
      () => workbench.treeRows('Images'),
      (rows) => rows.every(({ label }) => label !== 'new-box'),
    );
  });

  it('is compared with one that is picked among those whose images are gone', async () => {
    await workbench.expand('Images', 'changes-box');
    await workbench.clickInContextMenu('Images', IMAGE, 'Compare with…');
    const { title, rows } = await workbench.quickPick();
    assert.equal(title, `Compare ${IMAGE} With`);
    assert.deepEqual(rows.map(({ label }) => label).sort(), ['1111111', '2222222']);
    await workbench.choose('2222222');
    await messageIs(`${IMAGE} 2222222 → 3333333: nothing differs`);
  });

  const status = async () => (await fetch(`http://127.0.0.1:${bench.port}/status`)).json() as Promise<StatusReport>;
  const servedIs = (digit: string) =>
    until(
      `build ${digit} to be served`,
      async () => (await status()).images[0]?.buildId,
      (build) => build === digit.repeat(64),
    );
  const kept = '3333333';

  it('can be served again when the next build has overwritten it, until the newest is', async () => {
    await until(
      'the copy of what the board got',
      async () => (await status()).images[0]?.kept?.map(({ buildId }) => buildId),
      (builds) => builds?.includes('3'.repeat(64)) === true,
    );
    await build('changes-box', '4', NEWER);
    await servedIs('4');
    await workbench.expand('Images', 'changes-box');
    await workbench.expand('Images', IMAGE);
    await workbench.expand('Images', 'Earlier Builds');
    await rowOf('Images', kept);
    await workbench.clickInContextMenu('Images', kept, 'Serve This Build Again');
    await servedIs('3');
    const isMarked = (row: { description?: string } | undefined) =>
      row?.description?.includes(`serving build ${kept}`) === true;
    await until('the mark at the image', () => rowOf('Images', IMAGE), isMarked);
    await until(
      'the mark at the build',
      () => rowOf('Images', kept),
      (row) => row?.description?.endsWith('served') === true,
    );
    await workbench.pictures('earlier-builds');
    const upToDate = await askForUpdate({ port: bench.port, from: '127.0.0.7', query: QUERY, buildId: '3'.repeat(64) });
    assert.deepEqual(upToDate, { status: 200, bytes: 10_240 });
    await until(
      'the board that runs it',
      () => rowOf('Images', kept),
      (row) => row?.description?.includes('1 board runs it') === true,
    );
    await workbench.clickInContextMenu('Images', kept, 'Compare with…');
    await until(
      'the newer build',
      () => workbench.quickPick(),
      ({ rows }) => rows.length === 1,
    );
    await vscode.page.keyboard.press('Enter');
    await until(
      'what differs',
      () => workbench.viewMessage('Changes'),
      (text) => text?.includes('3333333 → 4444444') === true,
    );
    await workbench.clickInContextMenu('Images', IMAGE, 'Serve the Newest');
    await servedIs('4');
    await until(
      'the mark at the build to go',
      () => rowOf('Images', kept),
      (row) => row?.description?.endsWith('served') === false,
    );
    await workbench.clickInContextMenu('Images', kept, 'Delete Build…');
    await workbench.dialogs.click('Delete');
    await until(
      'the build to be gone',
      async () => (await workbench.treeRows('Images')).map(({ label }) => label),
      (labels) => !labels.includes('Earlier Builds'),
    );
  });

  it('is compared again when an image was built anew', async () => {
    const rootFiles = { ...NEWER.rootFiles, 'home/data.txt': 'x'.repeat(TOO_LARGE_BYTES) };
    await build('changes-box', '5', { ...NEWER, rootFiles });
    await servedIs('5');
    await workbench.clickViewAction('Changes', 'Refresh Changes');
    await messageIs(`${IMAGE} 3333333 → 5555555`);
  });

  it('says which texts are too large to be opened', async () => {
    await workbench.clickViewAction('Changes', 'Open All Text Changes');
    await workbench.notification('no text changed. Changed files larger than 2 MB were left out: 1.');
    await workbench.dismissNotification('no text changed.');
  });

  it('is not taken for the build that was selected, and overwritten since', async () => {
    await build('changes-box', '6', NEWER);
    await servedIs('6');
    await workbench.clickInContextMenu('Images', IMAGE, 'Select for Compare');
    await build('changes-box', '8', { ...NEWER, rootModes: { 'etc/init.d/net': 0o700 } });
    await servedIs('8');
    await workbench.clickInContextMenu('Images', IMAGE, 'Compare with Selected');
    await workbench.notification('the inventory of build 6666666 is no longer kept');
    await workbench.dismissNotification('the inventory of build 6666666');
  });

  it('is not opened when the user cancels that', async () => {
    await makeLongSet(path.join(bench.boxes, 'long-box'), 'long-box-odroid-c4');
    await rowOf('Images', 'long-box-odroid-c4');
    await workbench.clickInContextMenu('Images', 'long-box-odroid-c4', 'Find in Image…');
    await workbench.clickNotificationButton('mkbox: opening long-box-odroid-c4', 'Cancel');
    await workbench.notification('long-box-odroid-c4 was not opened: cancelled');
    await until(
      'nothing left of it',
      () => workbench.notifications(),
      (all) => !all.some(({ text }) => text.includes('opening long-box')),
    );
  });
});

/** A set that takes seconds to decompress, and no room: 8 GiB of zeros, in a file that may hold as much. */
async function makeLongSet(folder: string, image: string): Promise<void> {
  const frame = zstdCompressSync(Buffer.alloc(64 * 1024 ** 2));
  const skipped = Buffer.alloc(16 * 1024 ** 2);
  skipped.writeUInt32LE(0x184d2a50, 0);
  skipped.writeUInt32LE(skipped.length - 8, 4);
  const zst = Buffer.concat([...Array<Buffer>(128).fill(frame), skipped]);
  const digest = createHash('sha256').update(zst).digest('hex');
  await mkdir(folder);
  await writeFile(path.join(folder, `${image}.img.buildID`), `${'7'.repeat(64)}  ${image}.img\n`);
  await writeFile(path.join(folder, `${image}.img.zst`), zst);
  await writeFile(path.join(folder, `${image}.img.sha256`), `${digest}  ${image}.img\n${digest}  ${image}.img.zst\n`);
}
