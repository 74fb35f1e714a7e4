/** Finding and saving what is inside an image, and what differs between two builds. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { makeSetWithTools, type ToolMadeContent } from '../fixtures/tool-made-set.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const IMAGE = 'changes-box-odroid-c4-main';
const CONTENT = { box: 'changes-box', board: 'odroid-c4', branch: 'main' } as const;
const SIZE = { width: 1280, height: 1000 };

describe('what is inside two builds', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;

  before(async () => {
    bench = await setUpBench();
    for (const box of ['docker-box', 'led-blink', 'linux-box']) {
      await rm(path.join(bench.boxes, box), { recursive: true });
    }
    await build('changes-box', '1', { rootFiles: { 'etc/motd': 'one\n' } });
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
    await workbench.choose(IMAGE);
    await until(
      'the files',
      () => workbench.quickPick(),
      ({ rows }) => rows.some(({ label }) => label === '/bin'),
    );
    const { rows } = await workbench.typeIntoInputBox('etcmotd');
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['/etc/motd'],
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
    await workbench.contextMenu('Images', 'motd');
    await workbench.clickContextItem('Save As…');
    await workbench.inputBox(target);
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
  });
});
