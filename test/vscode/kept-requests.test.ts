/** Requests as a user finds them again: after a reload, after a restart, on another day, in a damaged file. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inWindow, status, type Window } from './in-window.ts';
import { askForUpdate } from './lab-board.ts';
import { addBigImage, type Bench, setUpBench } from './mkbox.ts';
import type { Drawn } from './workbench/drawn.ts';
import { until } from './workbench/wait.ts';

const NOISE_BYTES = 40 * 1024 * 1024;
const OTHER_BUILD = 'f'.repeat(64);
const DAY_MS = 24 * 60 * 60_000;

/** What a window shows of three boards, and of one that was being sent to when it closed; newest first. */
const ROWS = [
  /^broken off at \d+%: cut off by the stop · docker-box-odroid-c4-big · /,
  /^broken off at \d+%: the client closed the connection · docker-box-odroid-c4-big · /,
  /^no image .* · docker-box odroid-c4 nowhere · /,
  /^sent .* in .* · docker-box-odroid-c4-main · /,
];

describe('requests after a reload', () => {
  let bench: Bench;
  let userDataDir: string;

  before(async () => {
    bench = await setUpBench();
    await addBigImage(bench.boxes, NOISE_BYTES);
    userDataDir = await mkdtemp(path.join(tmpdir(), 'mkbox-user-data-'));
  });
  after(async () => {
    await bench?.[Symbol.asyncDispose]();
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  const inThisWindow = (name: string, steps: (window: Window) => Promise<void>) =>
    inWindow(bench, name, { userDataDir, viewport: { width: 1280, height: 900 } }, steps);
  const ask = (from: string, branch: string, rest: { bytesPerSecond?: number; signal?: AbortSignal } = {}) => {
    const query = `name=docker-box&board=odroid-c4&branch=${branch}`;
    return askForUpdate({ port: bench.port, from, query, buildId: OTHER_BUILD, ...rest });
  };
  /** The requests once they are like `expected`, in that order. */
  const requests = ({ workbench }: Window, expected: readonly RegExp[]) =>
    until(
      `the requests ${expected.join(', ')}`,
      () => workbench.treeRows('Requests'),
      (rows) =>
        rows.length === expected.length && rows.every(({ description }, index) => expected[index]?.test(description)),
    );
  /** The file that keeps them. */
  async function keptFile(): Promise<string> {
    const names = await readdir(userDataDir, { recursive: true });
    const found = names.filter((name) => /\bboards\b.*\.requests\.json$/.test(name));
    assert.equal(found.length, 1, names.join());
    return path.join(userDataDir, found[0] ?? '');
  }

  it('are there again with what came of them, are nothing new, and lead to their boards and images', () =>
    inThisWindow('requests after a reload', async (window) => {
      const { workbench } = window;
      await status(window, `mkbox local:${bench.port}`, 'broadcast');
      await workbench.openView('mkbox');
      assert.equal((await ask('127.0.0.2', 'main')).status, 200);
      assert.equal((await ask('127.0.0.3', 'nowhere')).status, 404);
      const plug = new AbortController();
      const pulled = ask('127.0.0.4', 'big', { bytesPerSecond: 2_000_000, signal: plug.signal });
      const isSending = ({ description }: { description: string }) => description.startsWith('sending');
      const sending = () =>
        until(
          'an image to be sent',
          () => workbench.treeRows('Requests'),
          (rows) => rows.some(isSending),
        );
      await sending();
      plug.abort();
      await pulled;
      await requests(window, ROWS.slice(1));
      const running = get({
        port: bench.port,
        localAddress: '127.0.0.5',
        agent: false,
        path: '/update/docker-box/docker-box-odroid-c4-big',
      });
      const [answer] = await once(running, 'response');
      answer.on('error', () => {}); // it is cut off
      await sending();

      await window.reload();
      await status(window, `mkbox local:${bench.port}`, 'broadcast');
      const rows = await requests(window, ROWS);
      assert.equal((await workbench.statusBarItem('mkbox.status')).urgency, 'normal');
      assert.deepEqual(
        rows.map(({ label }) => label),
        ['127.0.0.5', '127.0.0.4', '127.0.0.3', '127.0.0.2'],
      );
      assert.deepEqual(
        rows.map(({ icon }) => icon),
        ['error', 'error', 'warning', 'pass-filled'],
      );
      assert.doesNotMatch(await workbench.statusBarTooltip('mkbox.status'), /127\.0\.0\.[2-5]/);
      assert.match(
        await workbench.rowTooltip('Requests', '127.0.0.3'),
        /GET \/update\?name=docker-box&board=odroid-c4&branch=nowhere/,
      );
      await workbench.pictures('requests-after-reload');

      await workbench.clickInContextMenu('Requests', '127.0.0.2', 'Show Board');
      await until(
        'the board to be selected',
        () => selected(window),
        (label) => label.startsWith('board 127.0.0.2, '),
      );
      await workbench.clickInContextMenu('Requests', '127.0.0.4', 'Show Image');
      await until(
        'the image to be selected',
        () => selected(window),
        (label) => label.includes('docker-box-odroid-c4-big'),
      );
      await workbench.clickInContextMenu('Requests', '127.0.0.4', 'Copy Reason');
      await until(
        'the reason on the clipboard',
        async () => String(await window.page.evaluate('navigator.clipboard.readText()')),
        (text) => /^broken off at \d+%: the client closed the connection$/.test(text),
      );
    }));

  it('have their date where that is another day, and are gone when they are cleared, after a restart, too', async () => {
    const file = await keptFile();
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replaceAll(/"startedAtMs":(\d+)/g, (_, ms) => `"startedAtMs":${Number(ms) - 3 * DAY_MS}`),
    );
    const dated = ROWS.map(({ source }) => new RegExp(`${source}\\d+/\\d+/\\d+, \\d+:\\d+:\\d+ [AP]M$`));
    await inThisWindow('requests of another day', async (window) => {
      const { workbench } = window;
      await workbench.openView('mkbox');
      await requests(window, dated);
      await workbench.widenSideBar(1_000);
      await workbench.pictures('requests-of-another-day');
      await workbench.clickViewAction('Requests', 'Clear Requests');
      await requests(window, []);
      await window.reload();
      await status(window, `mkbox local:${bench.port}`, 'broadcast');
      await workbench.welcome('Requests', /^No board has asked yet/);
      await ask('127.0.0.3', 'nowhere');
      await requests(window, ROWS.slice(2, 3));
    });
  });

  it('are none where their file is damaged, which is said', async () => {
    const file = await keptFile();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, text.length / 2));
    await inThisWindow('requests in a damaged file', async (window) => {
      const { workbench } = window;
      await workbench.openView('mkbox');
      await workbench.notification('mkbox: the requests kept in');
      await window.screenshot('requests-damaged-light');
      await ask('127.0.0.3', 'nowhere');
      await requests(window, ROWS.slice(2, 3));
    });
    const aside = (await readdir(path.dirname(file))).filter((name) => name.includes('.requests.json.damaged-'));
    assert.equal(aside.length, 1);
  });
});

/** What a screen reader says of the row that has the focus. */
async function selected({ page }: Window): Promise<string> {
  const rows = page.locator('.monaco-list:focus-within .monaco-list-row.focused');
  const labels = await rows.evaluateAll((found: Drawn[]) => found.map((row) => row.getAttribute('aria-label')));
  return labels[0] ?? '';
}
