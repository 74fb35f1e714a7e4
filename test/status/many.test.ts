import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { StatusPages } from '../../src/status/status-pages.ts';
import { BUILD_A, BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';
import { PATIENT } from '../server/harness.ts';
import { launchBrowser } from '../vscode/browser.ts';
import { violations } from './axe.ts';

const PICTURES = path.join(import.meta.dirname, '../../test-results/screenshots');
const IMAGES = 300;
const HOUR_MS = 3_600_000;
const PHONE = { width: 360, height: 780 };
const DESKTOP = { width: 1280, height: 800 };
const EVIL = `"><img src=x onerror=alert(1)> ${'long'.repeat(30)}`;

/** A server with 300 images, of which one is wrong, and 30 boards in all kinds of states. */
async function startLab() {
  const boxes = await makeBoxes();
  for (let at = 1; at < IMAGES; at++) await writeSet(boxes.root, `box-${at % 10}`, `box-${at % 10}-board-${at}`);
  await writeSet(boxes.root, 'box-0', 'box-0-wrong', { zst: Buffer.from('no zstd') });
  let passedMs = 0;
  const catalog = new Catalog([boxes.root]);
  const checks = await ImageChecks.open();
  const boards = await BoardRegistry.open({ now: () => Date.now() + passedMs });
  const pages = new StatusPages({ version: '1', catalog, checks, boards, allowed: new Networks([]) });
  const { assigner } = boards;
  const trustedProxies = new Networks(['127.0.0.1']);
  const setUp = {
    catalog,
    checks,
    host: '127.0.0.1',
    port: 0,
    pages: pages.add,
    assigner,
    trustedProxies,
    ...PATIENT,
  };
  const server = await UpdateServer.start(setUp);
  boards.watch(server);
  pages.watch(server);
  const url = `http://127.0.0.1:${server.address.port}`;
  const boot = async (at: number, build: string, board = `board-${at}`) => {
    const headers = { 'x-forwarded-for': `192.0.2.${at}`, connection: 'close' };
    await (
      await fetch(`${url}/update?name=box-${at % 10}&board=${encodeURIComponent(board)}&build_id=${build}`, { headers })
    ).arrayBuffer();
  };
  await boot(27, BUILD_B);
  while (boards.boards[0]?.state.kind !== 'flashing') await sleep(10);
  passedMs = HOUR_MS;
  for (let at = 1; at <= 25; at++) await boot(at, BUILD_A);
  await boot(26, BUILD_B);
  await boot(28, BUILD_B, EVIL);
  await boot(30, BUILD_B, 'wrong');
  await boot(29, BUILD_A);
  const held = boards.boards.find(({ address }) => address === '192.0.2.29')?.id ?? '';
  boards.hold(held, { by: 'Anna', atMs: 0, why: EVIL });
  boards.rename(held, EVIL);
  return {
    url,
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      pages.close();
      await boards.close();
      await checks.close();
      await boxes[Symbol.asyncDispose]();
    },
  };
}

describe('the status page of a lab with 30 boards and 300 images', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let browser: Browser;
  before(async () => {
    [lab, browser] = await Promise.all([startLab(), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await lab[Symbol.asyncDispose]();
  });

  /** The page in a context of its own, which it is closed with. */
  async function openPage(options: Parameters<Browser['newContext']>[0]): Promise<AsyncDisposable & { page: Page }> {
    const context: BrowserContext = await browser.newContext({ bypassCSP: true, ...options });
    const page = await context.newPage();
    await page.goto(`${lab.url}/`);
    return { page, [Symbol.asyncDispose]: () => context.close() };
  }

  it('begins with how many images and boards stand where', async () => {
    await using opened = await openPage({});
    const summary = await opened.page.locator('#summary').innerText();
    assert.equal(
      summary,
      '299 images ready, 1 wrong · 30 boards: 25 current · 1 updating · 1 held · 1 overdue · 2 refused',
    );
  });

  it('has those first that need someone to look at them', async () => {
    await using opened = await openPage({});
    const first = async (part: string) => opened.page.locator(`${part} tbody tr`).first().innerText();
    assert.match(await first('#boards'), /^192\.0\.2\.27\b.*overdue: expected to report build aaaaaaa/s);
    assert.match(await first('#images'), /^box-0\/box-0-wrong\b.*wrong, not sent to boards: /s);
  });

  it('has nothing that axe finds fault with, and nothing beside the screen, wide or narrow, light or dark', async () => {
    await using opened = await openPage({});
    const { page } = opened;
    await page.getByText('live', { exact: true }).waitFor();
    for (const [name, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: path.join(PICTURES, `status-page-lab-${name}-${colorScheme}.png`) });
        assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
      }
      assert.equal(await page.evaluate(scrolledWidth), viewport.width);
    }
  });

  it('breaks no build and no heading, however long a name beside it is', async () => {
    await using opened = await openPage({ viewport: DESKTOP });
    const heights = await opened.page.locator('#boards thead th, #boards abbr').evaluateAll(heightsOf);
    assert.deepEqual([heights.length > 30, heights.filter((height) => height > 40)], [true, []]);
  });

  it('labels each cell on a narrow screen, and is a table to a screen reader all the same', async () => {
    await using opened = await openPage({ viewport: PHONE });
    const row = opened.page.locator('#images').getByRole('row', { name: 'box-0/box-0-wrong' });
    assert.deepEqual(await row.getByRole('cell').evaluateAll(labels), ['Build', 'Size', 'State']);
    assert.deepEqual(await opened.page.getByRole('table', { name: 'Images' }).getByRole('row').count(), IMAGES + 1);
  });

  it('tells times in the time zone and the language of the reader', async () => {
    await using opened = await openPage({ timezoneId: 'Asia/Tokyo', locale: 'de-DE' });
    const since = opened.page.locator('#boards time[datetime="1970-01-01T00:00Z"]');
    assert.equal(await since.innerText(), '01.01.1970, 09:00:00');
    assert.equal(await since.getAttribute('title'), '1970-01-01 00:00 UTC');
  });

  it('tells times in UTC, and says so, without scripts', async () => {
    await using opened = await openPage({ timezoneId: 'Asia/Tokyo', javaScriptEnabled: false });
    const times = await opened.page.locator('time').allInnerTexts();
    assert.deepEqual(
      times.filter((text) => !/^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC$/.test(text)),
      [],
    );
  });

  it('names builds by seven digits, with the whole ID to look at', async () => {
    await using opened = await openPage({});
    const build = opened.page.locator('#boards').getByText('aaaaaaa').first();
    assert.deepEqual([await build.innerText(), await build.getAttribute('title')], ['aaaaaaa', BUILD_A]);
    for (const part of ['#boards', '#images']) {
      assert.doesNotMatch(await opened.page.locator(part).innerText(), /older|[ab]{8}/);
    }
  });

  it('shows what people and boards call things as text', async () => {
    await using opened = await openPage({ viewport: PHONE });
    const { page } = opened;
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.locator('#boards').getByText(EVIL).count(), 4);
  });

  it('keeps what did not change where it is, when something else does', async () => {
    await using opened = await openPage({});
    const { page } = opened;
    await page.getByText('live', { exact: true }).waitFor();
    const images = await page.locator('#images').elementHandle();
    const requests = await page.locator('#requests').elementHandle();
    await fetch(`${lab.url}/list`);
    await page.locator('#requests').getByText('GET /list').waitFor();
    const stays = async (part: typeof images) => page.evaluate((node) => node?.isConnected, part);
    assert.deepEqual([await stays(images), await stays(requests)], [true, false]);
  });
});

// what follows runs in the browser

interface Shown {
  readonly scrollWidth: number;
}

function scrolledWidth(): number {
  return (globalThis as unknown as { document: { documentElement: Shown } }).document.documentElement.scrollWidth;
}

interface Box {
  getBoundingClientRect(): { readonly height: number };
}

function heightsOf(boxes: unknown[]): number[] {
  return (boxes as Box[]).map((box) => box.getBoundingClientRect().height);
}

interface Cell {
  readonly dataset: Readonly<Record<string, string>>;
}

function labels(cells: unknown[]): (string | undefined)[] {
  return (cells as Cell[]).map(({ dataset }) => dataset.label);
}
