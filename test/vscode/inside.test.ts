/** What is inside an image, looked at in the editor: its folders as rows, its files as editors. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { makeSetWithTools } from '../fixtures/tool-made-set.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { type Bench, removeBoxes, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const IMAGE = 'inside-box-odroid-c4-main';
const CONTENT = { box: 'inside-box', board: 'odroid-c4', branch: 'main' } as const;
const TREE_HEIGHT = { width: 1280, height: 1000 };

describe('the files inside an image', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let folder: string;

  before(async () => {
    bench = await setUpBench();
    await removeBoxes(bench);
    folder = path.join(bench.boxes, 'inside-box');
    await build('1');
    vscode = await bench.open({ viewport: TREE_HEIGHT });
    workbench = vscode.workbench;
    await workbench.openView('mkbox');
    await workbench.widenSideBar(480);
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  const build = (digit: string) =>
    makeSetWithTools(folder, {
      ...CONTENT,
      buildId: digit.repeat(64),
      rootFiles: { 'etc/motd': `build ${digit}\n`, 'etc/box.json': '{ "box": true }\n' },
    });
  const rowOf = (label: string) =>
    until(
      label,
      async () => (await workbench.treeRows('Images')).find((row) => row.label === label),
      (row) => row !== undefined,
    );
  const textOf = async (tab: string) => {
    await vscode.page.locator('.tabs-container .tab.active', { hasText: tab }).waitFor();
    return (await vscode.page.locator('.editor-instance .view-lines').innerText()).replaceAll('\u00a0', ' ').trim();
  };
  const opened = (tab: string, text: RegExp) =>
    until(
      `${tab} ${text}`,
      () => textOf(tab),
      (shown) => text.test(shown),
    );

  it('are rows, folder below folder, as the board sees them', async () => {
    await rowOf(IMAGE);
    await workbench.expand('Images', IMAGE);
    assert.equal((await rowOf('Files'))?.description, 'as the board sees them');
    await workbench.expand('Images', 'Packages');
    assert.match((await rowOf('busybox'))?.description ?? '', /^1\.37\.0-r18 · /);
    await workbench.collapse('Images', 'Packages');
    await workbench.expand('Images', 'Files');
    await rowOf('lib');
    await workbench.expand('Images', 'bin');
    assert.match((await rowOf('busybox'))?.description ?? '', /^70 kB · -rwsr-xr-x/);
    assert.equal((await rowOf('sh'))?.description, '→ busybox');
    await workbench.collapse('Images', 'bin');
    await workbench.expand('Images', 'boot');
    await rowOf('update.txt');
    await workbench.collapse('Images', 'boot');
    await workbench.expand('Images', 'etc');
    assert.match((await rowOf('motd'))?.description ?? '', /^8 bytes · -rw-r--r--/);
    await workbench.pictures('inside-files');
  });

  it('open in editors, which cannot change them', async () => {
    await workbench.clickRow('Images', 'motd');
    await opened('motd', /^build 1$/);
    await vscode.page.locator('.tabs-container .tab', { hasText: 'motd' }).dblclick(); // the next file would take its place
    await vscode.page.locator('.editor-instance .view-lines').click();
    await vscode.page.keyboard.type('x');
    assert.equal(await textOf('motd'), 'build 1');
    await workbench.clickRow('Images', 'box.json');
    await opened('box.json', /^\{ "box": true \}$/);
    await until(
      'its language',
      () => vscode.page.locator('#status\\.editor\\.mode').innerText(),
      (mode) => mode.trim() === 'JSON',
    );
    await workbench.pictures('inside-editor');
  });

  it('of the initramfs are a tree of their own', async () => {
    await workbench.collapse('Images', 'Files');
    await workbench.expand('Images', 'initramfs');
    await workbench.clickRow('Images', 'board.conf');
    await opened('board.conf', /imgname="?inside-box/);
    await workbench.collapse('Images', 'initramfs');
  });

  it('are those of the next build when it is there', async () => {
    await build('2');
    await vscode.page.locator('.tabs-container .tab', { hasText: 'motd' }).click();
    await opened('motd', /^build 2$/);
    await workbench.expand('Images', 'Files');
    await rowOf('etc');
  });

  it('are open again after the window was reloaded, and are those of the next build still', async () => {
    await vscode.reload();
    // which of the files was in front, VS Code keeps some time later
    await until(
      'what was open',
      () => vscode.page.locator('.editor-instance .view-lines').innerText(),
      (shown) => /build\s2|2{64}|"box":\strue/.test(shown),
    );
    await vscode.page.locator('.tabs-container .tab', { hasText: 'motd' }).click();
    await opened('motd', /^build 2$/);
    await build('3');
    await opened('motd', /^build 3$/);
  });
});
