/** Who gets what, as a user decides it: pins, tags, holds for a tag, and a roll-out in stages. */
import assert from 'node:assert/strict';
import { cp, readFile, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { ImageReport, StatusReport } from '../../src/status/report.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { VSCode } from './vscode.ts';
import { until } from './workbench/wait.ts';
import type { Workbench } from './workbench.ts';

const OLD_BUILD = '0'.repeat(64);
const IMAGE = 'linux-box-odroid-c4-master';
const QUERY = 'name=linux-box&board=odroid-c4&branch=master';
const BOARDS = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
/** What a board gets that is told to be up to date. */
const EMPTY_ARCHIVE_BYTES = 10_240;

/** What a roll-out is after something was done about it; else it is under way. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['Finish', 'finished'],
  ['Halt', 'halted'],
  ['Go Back', 'halted'],
]);

describe('who gets what', () => {
  let bench: Bench;
  let vscode: VSCode & { readonly workbench: Workbench };
  let workbench: Workbench;
  let build: string;

  before(async () => {
    bench = await setUpBench();
    build = (await readFile(path.join(bench.boxes, 'linux-box', `${IMAGE}.img.buildID`), 'utf8')).slice(0, 64);
    vscode = await bench.open({ viewport: { width: 1280, height: 1000 } });
    workbench = vscode.workbench;
    await until(
      'the server',
      () => workbench.statusBarItem('mkbox.status'),
      (item) => item.icons.includes('broadcast'),
    );
    await workbench.openView('mkbox');
    await workbench.widenSideBar(640);
  });
  afterEach((t) => keepEvidenceOfFailure(t, vscode));
  after(async () => {
    await vscode?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  /** Whether a board that asks gets an image. */
  const gets = async (from: string, buildId = OLD_BUILD, query = QUERY) =>
    (await askForUpdate({ port: bench.port, from, query, buildId })).bytes > EMPTY_ARCHIVE_BYTES;
  const rowThat = (label: string, description: RegExp, view = 'Boards') =>
    until(
      `${label} ${description}`,
      async () => (await workbench.treeRows(view)).find((row) => row.label === label),
      (row) => description.test(row?.description ?? ''),
    );
  const status = async () => (await (await fetch(`http://127.0.0.1:${bench.port}/status`)).json()) as StatusReport;
  /** Does something about the roll-out of an image, by its row. */
  const rollOut = async (choice: string, image = IMAGE) => {
    await workbench.clickInContextMenu('Images', image, 'Roll Out in Stages…');
    let { placeholder } = await workbench.quickPick();
    if (placeholder === 'The image') {
      // VS Code hands over no row that is being drawn anew
      await workbench.choose(image);
      ({ placeholder } = await until(
        'the choices',
        () => workbench.quickPick(),
        (shown) => shown.placeholder !== 'The image',
      ));
    }
    await workbench.pictures(`roll-out-${choice.toLowerCase().replaceAll(/\W+/g, '-')}`);
    await workbench.choose(choice);
    await until(
      `the roll-out after ${choice}`,
      async () => (await status()).rollOuts.find((known) => known.image.endsWith(`/${image}`)),
      (known) => (known?.state ?? 'finished') === (STATES.get(choice) ?? 'running'),
    );
    return placeholder;
  };

  it('is decided stage by stage: one board first, and all once it runs the build', async () => {
    await rollOut('1 board, then all');
    assert.deepEqual([await gets('127.0.0.2'), await gets('127.0.0.3')], [true, false]);
    await rowThat('127.0.0.3', /roll/i);
    assert.equal(await gets('127.0.0.2', build), false);
    await rowThat('127.0.0.2', /up to date|runs|confirmed/);
    assert.deepEqual([await gets('127.0.0.3'), await gets('127.0.0.4')], [true, true]);
    await workbench.pictures('roll-out-boards');
  });

  it('is nothing while a person halts a roll-out, and the build once they finish it', async () => {
    await rollOut('Finish');
    await rollOut('1 board, 10 %, then all');
    await rollOut('Halt');
    await until(
      'the roll-out at its image',
      () => workbench.treeRows('Images'),
      (rows) => rows.some(({ description }) => / · halted by .*; \d of \d confirmed/.test(description ?? '')),
    );
    assert.equal(await gets('127.0.0.4'), false);
    assert.match(await rollOut('Finish'), /^halted by /);
    assert.equal(await gets('127.0.0.4'), true);
  });

  it('is a build that a board is pinned to, whatever it asks for', async () => {
    await workbench.clickInContextMenu('Boards', '127.0.0.2', 'Pin Board…');
    const { rows } = await workbench.quickPick();
    assert.ok(
      rows.some(({ label }) => label.includes(IMAGE)),
      JSON.stringify(rows),
    );
    await workbench.pictures('pin-board');
    await workbench.choose(rows[0]?.label ?? '');
    await until(
      'the question why',
      () => workbench.quickPickOrBox(),
      ({ message }) => message.startsWith('Why?'),
    );
    await workbench.inputBox('the display');
    await rowThat('127.0.0.2', /pinned/);
    await workbench.pictures('pinned-board');
    await workbench.clickInContextMenu('Boards', '127.0.0.2', 'Unpin Board');
    await until(
      'the board to be unpinned',
      async () => (await workbench.treeRows('Boards')).find(({ label }) => label === '127.0.0.2'),
      (row) => !/pinned/.test(row?.description ?? 'pinned'),
    );
  });

  it('is the build before again, for those that took the new one, too, after a roll-out halted by itself', async () => {
    const image = 'docker-box-odroid-c4-main';
    const query = 'name=docker-box&board=odroid-c4&branch=main';
    const [first = '', second = '', third = ''] = ['127.0.1.2', '127.0.1.3', '127.0.1.4'];
    const target = path.join(bench.boxes, 'docker-box', `${image}.img`);
    const next = path.join(import.meta.dirname, '../fixtures/next-build', `${image}.img`);
    const idIn = async (stem: string) => (await readFile(`${stem}.buildID`, 'utf8')).slice(0, 64);
    const [former, bad] = [await idIn(target), await idIn(next)];
    const isSeen = (what: string, isIt: (status: ImageReport) => boolean) =>
      until(
        what,
        async () => (await status()).images.find(({ id }) => id === `docker-box/${image}`),
        (seen) => seen !== undefined && isIt(seen),
      );

    assert.equal(await gets(first, OLD_BUILD, query), true);
    for (const board of [first, second, third]) assert.equal(await gets(board, former, query), false);
    await isSeen('the copy of it', ({ kept }) => kept?.some(({ buildId }) => buildId === former) === true);
    for (const suffix of ['.sha256', '.zst', '.buildID']) await rm(target + suffix);
    for (const suffix of ['.buildID', '.zst', '.sha256']) await cp(next + suffix, target + suffix);
    await isSeen('the next build', ({ buildId }) => buildId === bad);
    await rollOut('1 board, then all', image);
    assert.deepEqual([await gets(first, former, query), await gets(second, former, query)], [true, false]);
    await gets(first, former, query);
    const { text, buttons } = await workbench.notification('halted');
    assert.equal(
      text,
      `mkbox: the roll-out of build ${bad.slice(0, 7)} of docker-box/${image} halted: ${first} got it and reports another build. Boards that have not got it keep what they run.`,
    );
    assert.deepEqual(buttons, ['Continue', 'Go Back', 'Show Board']);
    await workbench.pictures('roll-out-halted');
    await workbench.clickNotificationButton('halted', 'Show Board');
    assert.equal(await gets(third, former, query), false);
    assert.match(await rollOut('Go Back', image), /^halted: a board that got it reports another build/);
    await isSeen('the former build', ({ buildId }) => buildId === former);
    assert.equal(await gets(first, bad, query), true);
    assert.deepEqual([await gets(second, former, query), await gets(third, former, query)], [false, false]);
    await rowThat(image, new RegExp(`serving build ${former.slice(0, 7)}`), 'Images');
    await workbench.expand('Images', image);
    const acts = async () => (await workbench.treeRows('Images')).filter(({ icon }) => icon === 'history');
    const done = await until('what was done to the image', acts, (rows) => rows.length > 3);
    assert.match(
      done.find(({ label }) => label === 'Build served')?.description ?? '',
      new RegExp(`^${userInfo().username}, `),
    );
    assert.ok(done.some(({ label, description }) => label === 'Roll-out' && /^mkbox, .*halted: /.test(description)));
    await workbench.pictures('roll-out-gone-back');
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('is held for all boards of a tag at once', async () => {
    for (const board of BOARDS.slice(0, 2)) {
      await workbench.clickInContextMenu('Boards', board, 'Tag Board…');
      await workbench.inputBox('lab');
    }
    await rowThat('127.0.0.3', /#lab/);
    await workbench.runCommand('mkbox: Hold Board');
    await workbench.choose('#lab');
    for (const board of BOARDS.slice(0, 2)) await rowThat(board, /hold|held/);
    assert.deepEqual(await Promise.all(BOARDS.map((board) => gets(board))), [false, false, true]);
    await workbench.pictures('held-by-tag');
  });
});
