/** How calm the view of images is while many are verified. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { keepEvidenceOfFailure } from './evidence.ts';
import { status, type Window } from './in-window.ts';
import { type Bench, setUpBench } from './mkbox.ts';
import { until } from './workbench/wait.ts';

const MANY = 300;
const COPIED = 'docker-box-odroid-c4-feature-x-1.2.0';
/** A row changes when its image is verified, and when that is older by a minute; VS Code then touches those below it, too. */
const CHANGES_PER_ROW = 2;

/** What the page saw of the rows of images. */
interface Seen {
  /** How often each row was drawn, by its name. */
  readonly drawn: Readonly<Record<string, number>>;
  /** The rows that had no icon at a moment. */
  readonly bare: readonly string[];
}

/** Follows the rows of images from within the page; `mkboxSeen` has what it saw. */
const WATCH = `
  const rows = document.querySelector('.monaco-list[role="tree"][aria-label="Images"] .monaco-list-rows');
  const seen = { drawn: {}, bare: [] };
  const nameOf = (row) => /^image ([^ ,;]+)/i.exec(row.getAttribute('aria-label') ?? '')?.[1];
  new MutationObserver((changes) => {
    const drawn = changes.map(({ target }) => (target.closest ? target : target.parentElement)?.closest('.monaco-list-row'));
    for (const row of new Set(drawn)) {
      const name = row && nameOf(row);
      if (name) seen.drawn[name] = (seen.drawn[name] ?? 0) + 1;
    }
    for (const row of rows.querySelectorAll('.monaco-list-row')) {
      const icon = row.querySelector('.custom-view-tree-node-item-icon');
      if (nameOf(row) && !/codicon-[a-z]/.test(icon?.className ?? '')) seen.bare.push(nameOf(row));
    }
  }).observe(rows, { subtree: true, childList: true, attributes: true, characterData: true });
  globalThis.mkboxSeen = seen;
`;

describe('many images', () => {
  let bench: Bench;
  let window: Window;

  before(async () => {
    bench = await setUpBench();
    const folder = path.join(bench.boxes, 'docker-box');
    const file = (image: string, suffix: string) => path.join(folder, `${image}.img${suffix}`);
    const buildId = (await readFile(file(COPIED, '.buildID'), 'utf8')).slice(0, 64);
    const zst = createHash('sha256')
      .update(await readFile(file(COPIED, '.zst')))
      .digest('hex');
    for (let number = 1; number <= MANY; number++) {
      const image = `docker-box-odroid-c4-many-${String(number).padStart(3, '0')}`;
      await copyFile(file(COPIED, '.zst'), file(image, '.zst'));
      await writeFile(file(image, '.sha256'), `${zst}  ${image}.img.zst\n`);
      await writeFile(file(image, '.buildID'), `${buildId}  ${image}.img\n`);
    }
    window = await bench.open({ viewport: { width: 1280, height: 1000 } });
    await status(window, `mkbox local:${bench.port}`, 'broadcast');
    await window.workbench.openView('mkbox');
    await window.workbench.widenSideBar(560);
  });
  afterEach((t) => keepEvidenceOfFailure(t, window));
  after(async () => {
    await window?.close();
    await bench?.[Symbol.asyncDispose]();
  });

  it('are drawn one by one while they are verified, and none loses its icon', async (t) => {
    const { page, workbench } = window;
    const inSight = page.locator('.monaco-list[role="tree"][aria-label="Images"] .monaco-list-row');
    const icons = (icon: string) => inSight.locator(`.custom-view-tree-node-item-icon.codicon-${icon}`).count();
    await until(
      'the images',
      () => icons('unverified'),
      (count) => count > 5,
    );
    await page.evaluate(WATCH);
    const startedAt = performance.now();
    await window.changeSettings({ 'mkbox.verifyWhenIdle': true });
    await until(
      'how many are left',
      () => workbench.viewDescription('Images'),
      (text) => /^verifying, \d+ left$/.test(text),
    );
    await window.screenshot('many-images-light');
    await until(
      'none to be left',
      () => workbench.viewDescription('Images'),
      (text) => text === '',
      240_000,
    );
    const seconds = (performance.now() - startedAt) / 1000;
    await until(
      'all to be verified',
      () => icons('unverified'),
      (count) => count === 0,
    );
    const { drawn, bare }: Seen = await page.evaluate('globalThis.mkboxSeen');
    const times = Object.values(drawn);
    t.diagnostic(`${MANY} images in ${seconds.toFixed(1)} s; rows in sight were drawn ${times.join(', ')} times`);
    assert.deepEqual(bare, []);
    assert.ok(times.length > 5, JSON.stringify(drawn));
    assert.ok(Math.max(...times) <= CHANGES_PER_ROW * times.length, JSON.stringify(drawn));
  });

  it('stand below their own boxes since the window was opened', async () => {
    const shown: Record<string, string[]> = {};
    let box: string[] = [];
    for (const { level, label, ariaLabel } of await window.workbench.treeRows('Images')) {
      if (level === 1) shown[label] = box = [];
      const image = /^image ([^ ,;]+)/i.exec(ariaLabel)?.[1];
      if (image !== undefined) box.push(image);
    }
    for (const [name, images] of Object.entries(shown)) {
      assert.ok(images.length > 0, `nothing below ${name}`);
      assert.deepEqual(
        images.filter((image) => !image.includes(name)),
        [],
        `below ${name}`,
      );
    }
    assert.deepEqual(Object.keys(shown), ['docker-box', 'led-blink', 'linux-box']);
    assert.ok((shown['docker-box'] ?? []).length > MANY);
  });
});
