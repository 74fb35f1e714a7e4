/** Everything in mkbox's views, by keys alone. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const IMAGE = 'linux-box-odroid-c4-master';
const QUERY = 'name=linux-box&board=odroid-c4&branch=master';
const OLD_BUILD = '0'.repeat(64);
const BOARDS = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
/** A view that is shown for the first time has its rows by then; on a busy machine, the next try sees to it. */
const FOCUS_SETTLES_MS = 500;

describe('without a mouse', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let press: (key: string) => Promise<void>;

  before(async () => {
    bench = await setUpBench();
    vscode = await bench.open({ viewport: { width: 1280, height: 1000 } });
    workbench = vscode.workbench;
    press = (key) => vscode.page.keyboard.press(key);
    await until(
      'the server',
      () => workbench.statusBarItem('mkbox.status'),
      ({ icons }) => icons.includes('broadcast'),
    );
    for (const from of BOARDS) await askForUpdate({ port: bench.port, from, query: QUERY, buildId: OLD_BUILD });
    const nothing = { query: 'name=none&board=odroid-c4', buildId: OLD_BUILD };
    await askForUpdate({ port: bench.port, from: '127.0.0.9', ...nothing });
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  /** VS Code hides a view's list for a moment when it gets its first rows, and the focus is lost: then again, as a user would. */
  const focusView = (view: string) =>
    until(`the focus in ${view}`, async () => {
      await workbench.runCommand(`mkbox: Focus on ${view} View`);
      const list = vscode.page.locator(`.monaco-list[aria-label="${view}"]`);
      const hasFocus = list.and(vscode.page.locator(':focus-within, :focus'));
      await sleep(FOCUS_SETTLES_MS);
      return (await hasFocus.count()) > 0;
    });
  const copied = (wished: RegExp) =>
    until(
      `${wished} on the clipboard`,
      async () => String(await vscode.page.evaluate('navigator.clipboard.readText()')),
      (text) => wished.test(text),
    );
  const boardSaid = (address: string, wished: RegExp) =>
    until(
      `${address} to be ${wished}`,
      async () => (await workbench.treeRows('Boards')).find(({ label }) => label === address)?.ariaLabel ?? '',
      (said) => wished.test(said),
    );

  it('images are opened, and a file inside one', async () => {
    await focusView('Images');
    await workbench.goToRow('Images', new RegExp(`^image ${IMAGE},`));
    await workbench.unfoldRow('Images');
    await workbench.goToRow('Images', /^Files\b/);
    await workbench.unfoldRow('Images');
    await workbench.goToRow('Images', /^etc\b/);
    await workbench.unfoldRow('Images');
    await workbench.goToRow('Images', /^os-release\b/);
    await press('Enter');
    await vscode.page.locator('.tabs-container .tab', { hasText: 'os-release' }).waitFor();
    await workbench.pictures('keyboard-inside');
  });

  it('an image has its menu, and its commands in the palette begin with it', async () => {
    await focusView('Images');
    await workbench.goToRow('Images', new RegExp(`^image ${IMAGE},`));
    await workbench.chooseFromMenu('Copy curl Command');
    await copied(/^curl .*name=linux-box&board=odroid-c4&branch=master' \| tar -tv$/);
    await press('Enter');
    await workbench.runCommand('mkbox: Find in Image…');
    const { rows } = await workbench.quickPick();
    assert.equal(rows.find(({ focused }) => focused)?.label, IMAGE);
    await workbench.cancelQuickInput();
  });

  it('several boards are selected and held, and released from the palette', async () => {
    await focusView('Boards');
    await workbench.goToRow('Boards', /^board 127\.0\.0\.9,/);
    for (const _ of BOARDS) await press('Shift+ArrowDown'); // selects what it goes to, not where it begins
    await workbench.chooseFromMenu('Hold Board');
    for (const board of BOARDS) await boardSaid(board, /held/);
    await workbench.pictures('keyboard-boards');
    await workbench.runCommand('mkbox: Release Board');
    const { rows } = await workbench.quickPick();
    assert.equal(rows.find(({ focused }) => focused)?.label, 'The 3 selected boards');
    await workbench.pictures('keyboard-selected-boards');
    await press('Enter');
    for (const board of BOARDS) await boardSaid(board, /^(?!.*held)/);
  });

  it('a board is renamed and forgotten by the usual keys', async () => {
    await focusView('Boards');
    await workbench.goToRow('Boards', /^board 127\.0\.0\.3,/);
    await press('Enter');
    await press('F2');
    await workbench.inputBox('Hall');
    await boardSaid('Hall', /^board Hall,/);
    await focusView('Boards');
    await press('Delete');
    assert.equal((await workbench.dialogs.shown()).message, 'Forget the board Hall?');
    await press('Escape');
    await until('the dialog to be gone', async () => !(await workbench.dialogs.isShown()));
    await boardSaid('Hall', /^board Hall,/);
    await focusView('Boards');
    await press('Delete');
    await workbench.dialogs.shown();
    await press('Enter');
    await until('the board to be gone', async () =>
      (await workbench.treeRows('Boards')).every(({ label }) => label !== 'Hall'),
    );
  });

  it('a request tells its reason, and leads to its board', async () => {
    await focusView('Requests');
    await workbench.goToRow('Requests', /^127\.0\.0\.9,/);
    await workbench.chooseFromMenu('Copy Reason');
    await copied(/^no image none-odroid-c4/);
    await workbench.chooseFromMenu('Show Board');
    await until(
      'the board to have the focus',
      () => workbench.focusedRow('Boards'),
      (said) => /^board 127\.0\.0\.9,/.test(said),
    );
  });

  it('rows are found by what is typed', async () => {
    await focusView('Images');
    await press('Home');
    await press('Control+Alt+f');
    await vscode.page.keyboard.type('master');
    await vscode.page
      .locator('.monaco-list[aria-label="Images"] .monaco-highlighted-label .highlight', { hasText: 'master' })
      .waitFor();
    await press('Enter');
    await until(
      'the focus on what was found',
      () => workbench.focusedRow('Images'),
      (said) => said.includes(IMAGE),
    );
    await workbench.pictures('keyboard-find');
    await press('Escape');
  });

  it('the item in the status bar offers what can be done', async () => {
    await workbench.enterStatusBarItem('mkbox.status');
    const { rows } = await workbench.quickPick();
    assert.ok(
      rows.some(({ label }) => label.includes('Stop Serving')),
      JSON.stringify(rows),
    );
    await workbench.pictures('keyboard-status-bar');
    await workbench.cancelQuickInput();
  });
});
