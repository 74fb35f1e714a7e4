/** The extension in German: what a user reads, and that nothing of it is still English. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { PROJECT_ROOT } from './cache.ts';
import { keepEvidenceOfFailure } from './evidence.ts';
import type { Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import type { TreeRow } from './workbench/tree.ts';
import { until } from './workbench/wait.ts';

const IMAGE = 'linux-box-odroid-c4-master';
const QUERY = 'name=linux-box&board=odroid-c4&branch=master';
const OLD_BUILD = '0'.repeat(64);
const SERVED = '127.0.0.2';
const REFUSED = '127.0.0.3';

describe('mkbox in German', () => {
  let bench: Bench;
  let window: Window;
  let userDataDir: string;
  let english: readonly string[];

  before(async () => {
    bench = await setUpBench();
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-german-'));
    english = await englishFragments();
    window = await bench.open({ language: 'de', userDataDir, viewport: { width: 1280, height: 1000 } });
    await until(
      'the server',
      () => window.workbench.statusBarItem('mkbox.status'),
      ({ icons }) => icons.includes('broadcast'),
    );
    await window.workbench.openView('mkbox');
    await window.workbench.widenSideBar(560);
    await askForUpdate({ port: bench.port, from: SERVED, query: QUERY, buildId: OLD_BUILD });
    const query = QUERY.replace('master', 'gone');
    await askForUpdate({ port: bench.port, from: REFUSED, query, buildId: OLD_BUILD });
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Fails with what is left of English in texts that are shown. */
  const isGerman = (texts: readonly string[]) => {
    const left = texts.flatMap((text) =>
      english.filter((fragment) => text.includes(fragment)).map((fragment) => `"${fragment}" in "${text}"`),
    );
    assert.deepEqual(left, []);
  };
  const textOf = ({ label, description, ariaLabel, actions }: TreeRow) =>
    [label, description, ariaLabel, ...actions].join('\n');
  const rowsThat = (view: string, areThere: (rows: readonly TreeRow[]) => boolean) =>
    until(`the rows of ${view}`, () => window.workbench.treeRows(view), areThere);

  it('is what the rows of images and their details are in', async () => {
    await rowsThat('Images', (rows) => rows.some(({ label }) => label === IMAGE));
    await window.workbench.expand('Images', IMAGE);
    const rows = (await window.workbench.treeRows('Images')).map(textOf);
    isGerman(rows);
    assert.match(rows.join('\n'), /verifiziert/);
  });

  it('is what the rows of boards and of what they asked for are in', async () => {
    await rowsThat('Boards', (rows) => rows.length === 2);
    for (const board of [SERVED, REFUSED]) await window.workbench.expand('Boards', board);
    const rows = [...(await window.workbench.treeRows('Boards')), ...(await window.workbench.treeRows('Anfragen'))];
    isGerman(rows.map(textOf));
    assert.match(rows.map(textOf).join('\n'), /kein Image/i);
    assert.ok(
      rows.some(({ label }) => /^Build [0-9a-f]{7}$/.test(label)),
      'the noun, not what is done to a box',
    );
  });

  it('is what menus, the status bar and its list are in', async () => {
    const { workbench } = window;
    for (const [view, row] of [
      ['Images', IMAGE],
      ['Boards', SERVED],
      ['Anfragen', 0],
    ] as const) {
      isGerman((await workbench.contextMenu(view, row)).map(({ label }) => label));
      await workbench.closeMenu();
    }
    const status = await workbench.statusBarItem('mkbox.status');
    isGerman([status.text, status.ariaLabel, await workbench.statusBarTooltip('mkbox.status')]);
    await workbench.pictures('german');
    await workbench.clickStatusBarItem('mkbox.status');
    const { placeholder, rows } = await workbench.quickPick();
    isGerman([placeholder, ...rows.flatMap(({ label, description, detail }) => [label, description, detail])]);
    await workbench.pictures('german-actions');
    await window.page.keyboard.press('Escape');
  });

  // the last one: the boards are lost
  it('is what a window says of a damaged file that it kept boards in', async () => {
    const folder = path.join(userDataDir, 'User/globalStorage/mkbox.mkbox/boards');
    await window.close();
    const file = (await readdir(folder)).find((name) => /^[0-9a-f]+\.json$/.test(name)) ?? '';
    await writeFile(path.join(folder, file), '{');
    window = await bench.open({ language: 'de', userDataDir });
    const { text } = await window.workbench.notification('Gespeicherte Boards sind beschädigt (kein JSON)');
    isGerman([text]);
    await window.workbench.pictures('german-damaged');
  });
});

/** What stands in our English sentences between what is put into them, of two words and more, where the German is another. */
async function englishFragments(): Promise<string[]> {
  const read = async (file: string): Promise<Record<string, string>> =>
    JSON.parse(await readFile(path.join(PROJECT_ROOT, file), 'utf8'));
  const [english, german] = [await read('package.nls.json'), await read('package.nls.de.json')];
  const sentences = [
    ...Object.entries(await read('l10n/bundle.l10n.de.json')),
    ...Object.entries(english).map(([key, text]) => [text, german[key] ?? text] as const),
  ];
  const inGerman = sentences.map(([, translated]) => translated).join('\n');
  return sentences
    .filter(([text, translated]) => text !== translated)
    .flatMap(([text]) => text.split(/\{\w+\}/))
    .map((part) => part.trim())
    .filter((part) => /\p{L}{2,}\s+\p{L}{2,}/u.test(part) && !inGerman.includes(part));
}
