/** The views of a user with 300 images and 50 boards, in a narrow side bar and in a wide one. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { BOARDS, keepManyBoards } from './many-boards.ts';
import { addManyImages, type MadeImage } from './many-images.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import type { SeenRow } from './workbench/sight.ts';
import { pointNowhere } from './workbench/tooltip.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const WIDTHS = { narrow: 220, wide: 500 };
const VIEWS = ['Images', 'Boards', 'Requests'];
/** Views, and the places of the rows whose tooltips are looked at. */
const TOOLTIPS = { Images: 2, Boards: 0, Requests: 0 };
const STATE_WORDS =
  /overdue|stopped|no image|broken off|up to date|confirmed|flashing|silent since|pinned|its turn|downloading|queued|names no board/;
const VIEWPORT = { width: 1280, height: 1100 };
const OLD_BUILD = '0'.repeat(64);
const BIG_BYTES = 60_000_000;
const BIG = { query: 'name=docker-box&board=odroid-c4&branch=big', buildId: OLD_BUILD };

describe('many images and boards', () => {
  let bench: Bench;
  let userDataDir: string;
  let images: readonly MadeImage[];
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  const unplugged = new AbortController();
  const downloads: Promise<unknown>[] = [];

  before(async () => {
    bench = await setUpBench();
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-user-'));
    images = await addManyImages(bench);
    await addBigImage(bench.boxes, BIG_BYTES);
    await keepManyBoards(userDataDir, bench.demo, images);
    vscode = await bench.open({ userDataDir, viewport: VIEWPORT, machineSettings: { 'mkbox.maxTransfers': 2 } });
    workbench = vscode.workbench;
    await until(
      'the server',
      () => workbench.statusBarItem('mkbox.status'),
      ({ icons }) => icons.includes('broadcast'),
    );
    await workbench.openView('mkbox');
    await askAsBoards();
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    unplugged.abort();
    await Promise.allSettled(downloads);
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Boards that ask now: three for a big image, of which one has to wait, and others for this and that. */
  async function askAsBoards(): Promise<void> {
    const { port } = bench;
    for (const from of ['127.0.7.1', '127.0.7.2', '127.0.7.3']) {
      const asking = { port, from, ...BIG, bytesPerSecond: 100_000, signal: unplugged.signal };
      downloads.push(askForUpdate(asking));
    }
    const rolledOut = images[21];
    assert.ok(rolledOut);
    const { box, board, branch, version } = rolledOut;
    const query = new URLSearchParams({ name: box, board, branch, version });
    await askForUpdate({ port, from: '127.0.7.4', query: `${query}`, buildId: OLD_BUILD });
    await askForUpdate({ port, from: '127.0.7.5', query: 'name=linux-box&board=none', buildId: OLD_BUILD });
    await askForUpdate({ port, from: '127.0.7.6', query: 'name=kiosk', buildId: OLD_BUILD });
  }

  /** The number of rows that a view has above this one. */
  const parentOf = (row: SeenRow, rows: readonly SeenRow[]) =>
    rows.findLast(({ index, level }) => index < row.index && level < row.level)?.index;

  /** Rows that can't be told from another one below the same row. */
  const alike = (rows: readonly SeenRow[]) => {
    const texts = rows.map((row) => `${parentOf(row, rows)} ${row.visible.trim()}`);
    return texts.filter((text, index) => texts.indexOf(text) !== index);
  };

  for (const [width, pixels] of Object.entries(WIDTHS)) {
    it(`are told apart row by row in a ${width} side bar, and said to a screen reader`, async () => {
      await workbench.widenSideBar(pixels);
      for (const view of VIEWS) {
        const rows = await workbench.seenRows(view);
        const unsaid = rows.filter(({ description, ariaLabel }) =>
          description.split(' · ').some((part) => !ariaLabel.includes(part.trim())),
        );
        assert.deepEqual([view, alike(rows), unsaid], [view, [], []]);
        assert.deepEqual(
          rows.filter(({ hasIcon }) => !hasIcon),
          [],
        );
        assert.equal(await workbench.scrollsSideways(view), false);
      }
    });

    for (const theme of ['light', 'dark', 'high contrast'] as const) {
      it(`are drawn in a ${width} side bar, ${theme}`, async () => {
        const name = `at-scale-${width}-${theme.replaceAll(' ', '-')}`;
        await workbench.widenSideBar(pixels);
        await workbench.setTheme(theme);
        await vscode.screenshot(name);
        for (const [view, index] of Object.entries(TOOLTIPS)) {
          await workbench.pointAtRow(view, index);
          await vscode.screenshot(`${name}-tooltip-${view}`);
        }
        await pointNowhere(vscode.page);
      });
    }
  }

  it('have all images once, by their boards where a box has many', async () => {
    const rows = await workbench.seenRows('Images');
    const said = rows.flatMap(({ ariaLabel }) => /^image ([^ ,]+),/.exec(ariaLabel)?.[1] ?? []);
    const names = images.map(({ image }) => image);
    assert.equal(new Set(said).size, said.length);
    assert.deepEqual(
      names.filter((name) => !said.includes(name)),
      [],
    );
    assert.ok(rows.some(({ ariaLabel }) => ariaLabel === 'board odroid-c4 in box audio-hub, 11 images'));
  });

  it('tell what needs someone first, in the header and in the rows, where there is room', async () => {
    const problemsFirst = /^\d+ overdue · \d+ looping · \d+ refused · \d+ broken off · \d+ current/;
    await until(
      'the header',
      () => workbench.viewDescription('Boards'),
      (header) => problemsFirst.test(header),
    );
    const boards = await workbench.seenRows('Boards');
    assert.ok(boards.length >= BOARDS);
    assert.deepEqual(
      boards.filter(({ visible }) => !STATE_WORDS.test(visible)).map(({ visible }) => visible),
      [],
    );
    await workbench.runCommand('mkbox: Verify Images');
    await workbench.notification('see the log');
    await workbench.runCommand('Notifications: Clear All Notifications');
    const wrong = (await workbench.seenRows('Images')).filter(({ ariaLabel }) =>
      /, (wrong|not ready)\b/.test(ariaLabel),
    );
    assert.ok(wrong.length > 10, `${wrong.length}`);
    assert.deepEqual(
      wrong.filter(({ visible }) => !/wrong|not ready/.test(visible)).map(({ visible }) => visible),
      [],
    );
  });

  it('are scrolled through by two keys, from the first image to the last', async () => {
    await workbench.runCommand('mkbox: Focus on Images View');
    const lastRow = vscode.page.locator(
      '.monaco-list[aria-label="Images"] .monaco-list-row.focused[data-last-element="true"]',
    );
    for (const key of ['Home', 'End']) await vscode.page.keyboard.press(key);
    await lastRow.waitFor();
  });

  it('show what is inside an image, and boards without the images above them', async () => {
    await workbench.runCommand('mkbox: Focus on Images View');
    await vscode.page.keyboard.press('Home');
    await workbench.expand('Images', 'docker-box-odroid-c4-main');
    await workbench.expand('Images', 'Files');
    await vscode.screenshot('at-scale-inside-high-contrast');
    await workbench.setTheme('light');
    await vscode.screenshot('at-scale-inside-light');
    await vscode.page.locator('.pane-header[aria-label^="Images"]').click();
    await workbench.seenRows('Boards');
    await vscode.screenshot('at-scale-boards-light');
    await workbench.setTheme('dark');
    await vscode.screenshot('at-scale-boards-dark');
  });
});
