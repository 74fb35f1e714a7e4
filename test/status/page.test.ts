import assert from 'node:assert/strict';
import { request } from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { StatusPages } from '../../src/status/status-pages.ts';
import { type BoxesFolder, BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';
import { PATIENT } from '../server/harness.ts';
import { MOST_WAIT_MS } from '../until.ts';
import { launchBrowser } from '../vscode/browser.ts';
import { violations } from './axe.ts';

const PICTURES = path.join(import.meta.dirname, '../../test-results/screenshots');
const EVIL = '<img src=x onerror=alert(1)>';
const IMAGE_BYTES = 60_000_000;

/** So many pages are kept up to date at a time. */
const MOST_LIVE = 50;

interface Site extends AsyncDisposable {
  readonly server: UpdateServer;
  readonly url: string;
}

async function serve(boxes: BoxesFolder, port = 0): Promise<Site> {
  const catalog = new Catalog([boxes.root]);
  const checks = await ImageChecks.open();
  const boards = new BoardRegistry();
  const pages = new StatusPages({ version: '0', catalog, checks, boards, allowed: new Networks([]) });
  const server = await UpdateServer.start({
    catalog,
    checks,
    host: '127.0.0.1',
    port,
    pages: pages.add,
    ...PATIENT,
  });
  boards.watch(server);
  pages.watch(server);
  return {
    server,
    url: `http://127.0.0.1:${server.address.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      pages.close();
      await boards.close();
      await checks.close();
    },
  };
}

/** A board's request, of whose answer nothing is taken until it is told to. */
interface Asking {
  /** Takes the answer as fast as its link is, until `signal` is aborted; all of it without one. */
  take(bytesPerSecond: number, signal?: AbortSignal): Promise<void>;
  /** Takes all, or what is left. */
  finish(): Promise<void>;
}

function ask(site: Site, target: string): Asking {
  // as it is: a URL would have its quotes and brackets encoded
  const { port } = site.server.address;
  const asked = request({ host: '127.0.0.1', port, path: target, agent: false });
  const answered = new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve).on('error', reject).end();
  });
  answered.catch(() => {});
  return {
    async take(bytesPerSecond, signal) {
      for await (const chunk of (await answered).iterator({ destroyOnReturn: false })) {
        await sleep(((chunk as Buffer).length / bytesPerSecond) * 1000);
        if (signal?.aborted) break;
      }
    },
    async finish() {
      const answer = await answered;
      answer.resume();
      await new Promise((resolve) => answer.on('close', resolve));
    },
  };
}

describe('the status page', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function openPage(site: Site, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options);
    await page.goto(`${site.url}/`);
    return page;
  }

  const shows = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: MOST_WAIT_MS });

  it('shows a board that downloads, its progress as it goes on, and what came of it', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi', { payload: Buffer.alloc(IMAGE_BYTES) });
    await writeSet(boxes.root, 'box', 'box-c4', { buildId: BUILD_B });
    await writeSet(boxes.root, 'box', 'box-wrong', { zst: Buffer.from('no zstd') });
    await using site = await serve(boxes);
    const page = await openPage(site);
    await shows(page, 'No board has asked yet.');
    await ask(site, `/update?name=box&board=c4&build_id=${BUILD_B}`).finish();
    await ask(site, `/update?name=box&board=wrong&build_id=${BUILD_B}`).finish();
    await shows(page, /2 boards: 1 current · 1 refused/);
    const board = ask(site, `/update?name=box&board=pi&build_id=${BUILD_B}`);
    await shows(page, /downloading \d+ %/);
    await shows(page, 'live');
    const enough = new AbortController();
    const taken = board.take(15_000_000, enough.signal);
    const seen = new Set<number>();
    for (const deadline = Date.now() + MOST_WAIT_MS; seen.size < 4 && Date.now() < deadline; await sleep(50)) {
      seen.add(await percentOn(page));
    }
    const percents = [...seen];
    assert.ok(percents.length >= 4, `it stood still: ${percents.join()}`);
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => a - b),
    );
    assert.ok((await page.locator('progress').evaluate((bar: Bar) => bar.value)) > 0);
    enough.abort();
    await taken;
    await takePictures(page);
    await board.finish();
    await shows(page, /flashing build a{7}/);
    await ask(site, `/update?name=box&board=pi&build_id=${'a'.repeat(64)}`).finish();
    await shows(page, /confirmed: it runs build a{7}/);
    await page.close();
  });

  it('comes back by itself when the server was started anew', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const first = await serve(boxes);
    const { port } = first.server.address;
    const page = await openPage(first);
    await shows(page, 'box/box-pi');
    await first[Symbol.asyncDispose]();
    await shows(page, 'the server does not answer; trying again');
    await writeSet(boxes.root, 'box', 'box-c4');
    await using _second = await serve(boxes, port);
    await shows(page, 'box/box-c4');
    await page.close();
  });

  it('says that it is not kept up to date while too many are open, and tries again by itself', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await using site = await serve(boxes);
    const others = await Promise.all(Array.from({ length: MOST_LIVE }, () => fetch(`${site.url}/status/events`)));
    const page = await openPage(site);
    await shows(page, 'the server sends no updates for now; trying again');
    await others[0]?.body?.cancel();
    await shows(page, 'live');
    await writeSet(boxes.root, 'box', 'box-c4');
    await shows(page, 'box/box-c4');
    await page.close();
    for (const { body } of others.slice(1)) await body?.cancel();
  });

  it('asks no more when its reader may no longer see it, and says so', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const first = await serve(boxes);
    const { port } = first.server.address;
    const page = await openPage(first);
    await shows(page, 'live');
    await first[Symbol.asyncDispose]();
    await using second = await serve(boxes, port);
    second.server.renewAllowed({ allow: new Networks(['10.0.0.0/8']) });
    await shows(page, 'no more updates; reload this page');
    await page.close();
  });

  it('shows what anyone sent, or called a folder, as text', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await writeSet(boxes.root, EVIL, 'box-evil');
    await using site = await serve(boxes);
    await ask(site, `/update?name=${encodeURIComponent(EVIL)}&board=${encodeURIComponent(EVIL)}&build_id=1`).finish();
    await ask(site, '/"><script>alert(1)</script>').finish();
    const page = await browser.newPage();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(`${site.url}/`);
    await shows(page, EVIL);
    await shows(page, `${EVIL}/box-evil`);
    await shows(page, '"><script>alert(1)</script>');
    await shows(page, 'live');
    assert.deepEqual([dialogs, await page.locator('main img, main script').count()], [[], 0]);
    await page.close();
  });

  it('has nothing that axe finds fault with, light or dark', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await writeSet(boxes.root, 'box', 'box-wrong', { zst: Buffer.from('no zstd') });
    await using site = await serve(boxes);
    await ask(site, `/update?name=box&board=wrong`).finish();
    await ask(site, `/update?name=box&board=pi&build_id=${BUILD_B}`).finish();
    await writeSet(boxes.root, 'box', 'box-big', { payload: Buffer.alloc(IMAGE_BYTES) });
    const loading = ask(site, `/update?name=box&board=big&build_id=${BUILD_B}`);
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${site.url}/`);
    await shows(page, /downloading \d+ %/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], colorScheme);
    }
    await context.close();
    await loading.finish();
  });

  it('can be read without scripts', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await using site = await serve(boxes);
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${site.url}/`);
    await shows(page, 'box/box-pi');
    await ask(site, `/update?name=box&board=pi&build_id=${BUILD_B}`).finish();
    await shows(page, /flashing build a{7}/);
    await context.close();
  });
});

/** The page in both colour schemes, as wide as a desktop's and a phone's. */
async function takePictures(page: Page): Promise<void> {
  for (const [name, width] of Object.entries({ page: 1280, phone: 360 })) {
    await page.setViewportSize({ width, height: 720 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(PICTURES, `status-${name}-${colorScheme}.png`), fullPage: true });
    }
  }
}

/** How far the download is that the page shows; -1 where it shows none. */
async function percentOn(page: Page): Promise<number> {
  return Number(/downloading (\d+) %/.exec(await page.locator('main').innerText())?.[1] ?? -1);
}

/** The little of a progress bar that is read in the browser. */
interface Bar {
  readonly value: number;
}
