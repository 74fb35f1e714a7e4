/** Thirty boards in groups, as a user sees them: by state, by box, by tag, and all that can be done in them. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import type { Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const WIDE_PIXELS = 560;
const NARROW_PIXELS = 200;
const HOUR_MS = 3_600_000;
const OLD_BUILD = '0'.repeat(64);
const LINUX = 'name=linux-box&board=odroid-c4&branch=master';
const DOCKER = 'name=docker-box&board=odroid-c4&branch=main';
const LED = 'name=example-led-blink&board=odroid-c4';
/** How long this one takes to flash is not learnt from the others: it is not overdue before long. */
const OTHER_KIND = 'name=linux-box&board=beaglebone-green&branch=main&version=1.0.0';
const HEADER = '1 overdue · 1 refused · 24 current · 3 updating · 1 silent';

/** A member of the file that keeps boards. */
interface KeptBoard {
  address: string;
  lastSeenMs: number;
  tags?: string[];
  state: { kind: string; sinceMs: number };
}

describe('boards in groups', () => {
  let bench: Bench;
  let userDataDir: string;
  let window: Window;
  let workbench: Workbench;
  let build: string;

  before(async () => {
    bench = await setUpBench();
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-user-'));
    build = await buildOf('linux-box/linux-box-odroid-c4-master');
    await open();
    await bootAll();
    const file = await keptBoards(30);
    await window.close();
    await letTimePass(file);
    await open();
    await workbench.closeView('Images');
    await workbench.closeView('Requests');
    await header(HEADER);
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  async function open(): Promise<void> {
    window = await bench.open({ userDataDir, viewport: { width: 1280, height: 1000 } });
    workbench = window.workbench;
    await until(
      'the server',
      () => workbench.statusBarItem('mkbox.status'),
      ({ icons }) => icons.includes('broadcast'),
    );
    await workbench.openView('mkbox');
    await workbench.widenSideBar(WIDE_PIXELS);
  }
  const buildOf = async (image: string) =>
    (await readFile(path.join(bench.boxes, `${image}.img.buildID`), 'utf8')).slice(0, 64);
  const boot = (number: number, query = LINUX, buildId = build) =>
    askForUpdate({ port: bench.port, from: `127.0.0.${number}`, query, buildId });

  async function bootAll(): Promise<void> {
    const docker = await buildOf('docker-box/docker-box-odroid-c4-main');
    const led = await buildOf('led-blink/example-led-blink-odroid-c4');
    for (let number = 2; number <= 13; number++) await boot(number);
    for (let number = 14; number <= 21; number++) await boot(number, DOCKER, docker);
    for (let number = 22; number <= 25; number++) await boot(number, LED, led);
    for (const number of [26, 27]) await boot(number, LINUX, OLD_BUILD);
    await boot(31, OTHER_KIND, OLD_BUILD);
    await boot(28, 'name=linux-box&board=odroid-c4&branch=gone');
    await boot(29, DOCKER, OLD_BUILD);
    await boot(30);
  }

  /** The file that keeps the boards, once it has so many that are no longer being answered. */
  async function keptBoards(count: number): Promise<string> {
    const folder = path.join(userDataDir, 'User/globalStorage/mkbox.mkbox/boards');
    return until('the boards to be kept', async () => {
      const name = (await readdir(folder)).find((name) => name.endsWith('.json'));
      const file = path.join(folder, name ?? '');
      if (name === undefined) return '';
      const { boards }: { boards: KeptBoard[] } = JSON.parse(await readFile(file, 'utf8'));
      return boards.length === count && boards.some(({ address }) => address === '127.0.0.30') ? file : '';
    });
  }

  /** One board has flashed for an hour, another has been silent for two days; ten have tags. */
  async function letTimePass(file: string): Promise<void> {
    const kept: { boards: KeptBoard[] } = JSON.parse(await readFile(file, 'utf8'));
    for (const board of kept.boards) {
      const number = Number(board.address.split('.')[3]);
      const tags = [
        ...(number >= 5 && number <= 9 ? ['canary'] : []),
        ...(number <= 7 || number === 29 ? ['lab'] : []),
      ];
      if (tags.length > 0) board.tags = tags;
      if (number === 29) board.state.sinceMs -= HOUR_MS;
      if (number === 30) board.lastSeenMs -= 48 * HOUR_MS;
    }
    await writeFile(file, JSON.stringify(kept));
  }

  const header = (text: string) =>
    until(
      `the header "${text}"`,
      () => workbench.viewDescription('Boards'),
      (found) => found === text,
    );
  const rows = () => workbench.treeRows('Boards');
  /** The groups, as they are drawn, from top to bottom. */
  const groups = async () =>
    (await rows())
      .filter(({ level, icon }) => level === 1 && icon !== undefined)
      .map(({ icon, label, description }) => `${icon} ${label}: ${description}`);
  const groupsAre = (wanted: readonly string[]) =>
    until(`the groups ${wanted.join(', ')}`, groups, (found) => JSON.stringify(found) === JSON.stringify(wanted));
  /** Where a board's row is below that of a group. */
  async function placeOf(group: string, board: string): Promise<number> {
    const shown = await rows();
    const from = shown.findIndex(({ label, level }) => level === 1 && label === group);
    const place = shown.findIndex(({ label }, index) => index > from && label === board);
    assert.ok(from >= 0 && place > from, `${board} below ${group}: ${shown.map(({ label }) => label).join(', ')}`);
    return place;
  }
  /** Clicks a board's row below a group's, which opens it, too: what is below it pushes all others down. */
  async function click(group: string, board: string): Promise<void> {
    const place = await placeOf(group, board);
    await workbench.clickRow('Boards', place);
    await workbench.expand('Boards', place);
  }
  /** Selects a board's row with those that are selected. */
  const select = async (group: string, board: string, modifier: 'Shift' | 'Control') =>
    workbench.clickRow('Boards', await placeOf(group, board), modifier);
  const rowOf = async (group: string, board: string) => (await rows())[await placeOf(group, board)];
  async function groupBy(choice: string): Promise<void> {
    await workbench.clickViewAction('Boards', 'Group Boards By…');
    await workbench.choose(choice);
  }
  const clipboard = async () => String(await window.page.evaluate('navigator.clipboard.readText()'));
  const contextCommand = async (row: number | string, command: string) => {
    await workbench.clickInContextMenu('Boards', row, command);
  };

  it('stand as a list until they are grouped, which the list to pick from says', async () => {
    const shown = await rows();
    assert.deepEqual([shown.length, shown.map(({ level }) => level).every((level) => level === 1)], [30, true]);
    assert.deepEqual(
      shown.slice(0, 3).map(({ label }) => label),
      ['127.0.0.28', '127.0.0.29', '127.0.0.2'],
    );
    await workbench.clickViewAction('Boards', 'Group Boards By…');
    const pick = await workbench.quickPick();
    assert.deepEqual(
      pick.rows.map(({ icon, label }) => [icon, label]),
      [
        ['check', 'None'],
        ['blank', 'State'],
        ['blank', 'Box'],
        ['blank', 'Tag'],
      ],
    );
    await workbench.pictures('group-boards');
    await workbench.cancelQuickInput();
  });

  it('are grouped by state, those with problems first, below a header that stays', async () => {
    await groupBy('State');
    await groupsAre([
      'watch Overdue: 1 board',
      'warning Refused: 1 board',
      'check Current: 24 boards',
      'cloud-download Updating: 3 boards',
      'debug-disconnect Silent: 1 board',
    ]);
    await header(HEADER);
    const [overdue, board] = await rows();
    assert.deepEqual([overdue?.ariaLabel, overdue?.expanded], ['Overdue, 1 board', true]);
    assert.deepEqual([board?.label, board?.level, board?.expanded], ['127.0.0.29', 2, false]);
    await workbench.pictures('boards-by-state');
  });

  it('go from group to group as they get on, and closed groups stay closed', async () => {
    await workbench.collapse('Boards', 'Current');
    await boot(26);
    await groupsAre([
      'watch Overdue: 1 board',
      'warning Refused: 1 board',
      'check Current: 25 boards',
      'cloud-download Updating: 2 boards',
      'debug-disconnect Silent: 1 board',
    ]);
    assert.equal((await rows()).find(({ label }) => label === 'Current')?.expanded, false);
    await contextCommand('127.0.0.27', 'Hold Board');
    await until(
      'the board to be on its way still',
      () => rowOf('Updating', '127.0.0.27'),
      (row) => /^held/.test(row?.description ?? ''),
    );
    await boot(27, LINUX, OLD_BUILD);
    await until('the group of those on hold', groups, (found) => found.includes('debug-pause Held: 1 board'));
    await contextCommand('127.0.0.27', 'Release Board');
    await until(
      'it to be released',
      () => rowOf('Held', '127.0.0.27'),
      (row) => row?.actions.includes('Hold Board') === true,
    );
    await boot(27);
    await groupsAre([
      'watch Overdue: 1 board',
      'warning Refused: 1 board',
      'check Current: 26 boards',
      'cloud-download Updating: 1 board',
      'debug-disconnect Silent: 1 board',
    ]);
  });

  it('are grouped by the box that they ask for, with how many need someone to look', async () => {
    await groupBy('Box');
    await groupsAre([
      'package docker-box: 9 boards · 1 overdue',
      'package example-led-blink: 4 boards',
      'package linux-box: 17 boards · 1 refused',
    ]);
    assert.equal((await rows())[0]?.ariaLabel, 'box docker-box, 9 boards · 1 overdue');
    assert.match(await workbench.rowTooltip('Boards', 'docker-box'), /8 current · 1 overdue/);
    await workbench.pictures('boards-by-box');
  });

  it('stand under each of their tags, and without one at the end', async () => {
    await groupBy('Tag');
    await groupsAre([
      'bookmark #canary: 5 boards',
      'bookmark #lab: 7 boards · 1 overdue',
      'bookmark No tag: 21 boards · 1 refused',
    ]);
    assert.equal((await rows())[0]?.ariaLabel, 'tag canary, 5 boards');
    await workbench.collapse('Boards', 'No tag');
    const names = (await rows()).map(({ label }) => label).filter((label) => label === '127.0.0.5');
    assert.equal(names.length, 2);
    await workbench.pictures('boards-by-tag');
    await workbench.widenSideBar(NARROW_PIXELS);
    await window.page.mouse.move(800, 500); // the edge is marked where the pointer is
    await workbench.pictures('boards-by-tag-narrow');
    await workbench.widenSideBar(WIDE_PIXELS);
  });

  it('are acted on once when they are selected under two tags', async () => {
    await click('#canary', '127.0.0.5');
    await select('#lab', '127.0.0.5', 'Control');
    const place = await placeOf('#lab', '127.0.0.5');
    await contextCommand(place, 'Copy Address');
    await until('the address', clipboard, (text) => text === '127.0.0.5');
    await contextCommand(place, 'Hold Board');
    for (const group of ['#canary', '#lab']) {
      await until(
        `it below ${group}`,
        () => rowOf(group, '127.0.0.5'),
        (row) => /^held/.test(row?.description ?? ''),
      );
    }
    const acts = await until(
      'what was done to it',
      async () => (await rows()).filter(({ icon, level }) => icon === 'history' && level === 3),
      ({ length }) => length > 0,
    );
    assert.equal(acts.length, 1, JSON.stringify(acts));
    assert.equal((await rowOf('#lab', '127.0.0.5'))?.expanded, false);
    await window.page.keyboard.press('Delete');
    assert.equal((await workbench.dialogs.shown()).message, 'Forget the board 127.0.0.5?');
    await workbench.dialogs.click('Cancel');
    await workbench.collapse('Boards', await placeOf('#canary', '127.0.0.5'));
    await contextCommand(await placeOf('#canary', '127.0.0.5'), 'Release Board');
    await until(
      'it to be released',
      () => rowOf('#lab', '127.0.0.5'),
      (row) => /^up to date/.test(row?.description ?? ''),
    );
  });

  it('are acted on all together from the row of their tag', async () => {
    const menu = (await workbench.contextMenu('Boards', '#lab')).map(({ label }) => label);
    assert.deepEqual(menu, ['Hold Board', 'Pin Board…', 'Copy Address', 'Tag Board…', 'Forget Board…']);
    await workbench.closeMenu();
    await contextCommand('#lab', 'Copy Address');
    const addresses = [29, 2, 3, 4, 5, 6, 7].map((number) => `127.0.0.${number}`);
    await until('the addresses', clipboard, (text) => text === addresses.join('\n'));
    await contextCommand('#lab', 'Hold Board');
    await until(
      'all to be held',
      rows,
      (shown) => shown.filter(({ description }) => /^held/.test(description)).length === 10,
    );
    await contextCommand('#lab', 'Release Board');
    await until('all to be released', rows, (shown) => !shown.some(({ description }) => /^held/.test(description)));
    await workbench.clickRow('Boards', '#lab');
    await window.page.keyboard.press('F2');
    await window.page.keyboard.press('Delete');
    assert.equal((await workbench.dialogs.shown()).message, 'Forget 7 boards?');
    assert.equal(await window.page.locator('.quick-input-widget').isVisible(), false);
    await workbench.dialogs.click('Cancel');
    await workbench.expand('Boards', '#lab');
  });

  it('are tagged together, and stand under the new tag at once', async () => {
    await click('#canary', '127.0.0.8');
    await workbench.collapse('Boards', await placeOf('#canary', '127.0.0.8'));
    await select('#canary', '127.0.0.9', 'Shift');
    await contextCommand(await placeOf('#canary', '127.0.0.9'), 'Tag Board…');
    assert.equal((await workbench.quickPickOrBox()).value, 'canary');
    await workbench.inputBox('rack-2');
    await groupsAre([
      'bookmark #canary: 3 boards',
      'bookmark #lab: 7 boards · 1 overdue',
      'bookmark #rack-2: 2 boards',
      'bookmark No tag: 21 boards · 1 refused',
    ]);
  });

  it('are found in their group when a request leads to them', async () => {
    await workbench.collapse('Boards', '#canary');
    await boot(6);
    await window.page.locator('.pane-header[aria-label^="Requests"] .title').click();
    await workbench.clickInContextMenu('Requests', '127.0.0.6', 'Show Board');
    await until(
      'it to be open below its first tag',
      () => rowOf('#canary', '127.0.0.6'),
      (row) => row?.expanded === true,
    );
    assert.equal((await rowOf('#lab', '127.0.0.6'))?.expanded, false);
    await workbench.closeView('Requests');
    await workbench.collapse('Boards', await placeOf('#canary', '127.0.0.6'));
  });

  it('are found by typing, as in any tree', async () => {
    await workbench.clickRow('Boards', '#lab');
    await workbench.expand('Boards', '#lab');
    await window.page.keyboard.press('Control+Alt+f');
    await window.page.locator('.monaco-tree-type-filter input').fill('127.0.0.29');
    await window.page.keyboard.press('Enter');
    await window.page.keyboard.press('Escape');
    const focused = window.page.locator('.monaco-list[aria-label="Boards"] .monaco-list-row.focused .label-name');
    await until(
      'it to have the focus',
      () => focused.allTextContents(),
      (names) => names.join() === '127.0.0.29',
    );
  });

  it('are grouped as before after a reload, until the user wants the list again', async () => {
    await window.reload();
    await workbench.openView('mkbox');
    await until('the groups', groups, (found) => found[0] === 'bookmark #canary: 3 boards');
    await workbench.runCommand('mkbox: Group Boards By…');
    const { rows: choices } = await workbench.quickPick();
    assert.equal(choices.find(({ icon }) => icon === 'check')?.label, 'Tag');
    await workbench.choose('None');
    await until('the list', rows, (shown) => shown.length === 30 && shown.every(({ level }) => level === 1));
  });
});
