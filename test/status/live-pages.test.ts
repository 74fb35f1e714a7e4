import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import type { ServerSetup } from '../../src/server/server-options.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { LivePages } from '../../src/status/live-pages.ts';
import { StatusPages } from '../../src/status/status-pages.ts';
import { type BoxesFolder, makeBoxes } from '../images/image-sets.ts';
import { Authority } from '../tools/authority.ts';

const MOST = 50;

/** Far longer than anything here takes, and shorter than any time-out of the server's. */
const SOON_MS = 10_000;

const soon = () => ({ signal: AbortSignal.timeout(SOON_MS) });

suite('live pages', () => {
  let boxes: BoxesFolder;
  let authority: Authority;
  before(async () => {
    boxes = await makeBoxes();
    authority = await Authority.create();
  });
  after(async () => {
    await boxes[Symbol.asyncDispose]();
    await authority[Symbol.asyncDispose]();
  });

  /** A server whose pages are added by `pages`. */
  async function serve(pages: NonNullable<ServerSetup['pages']>, setup: Partial<ServerSetup> = {}) {
    const checks = await ImageChecks.open();
    const catalog = new Catalog([boxes.root]);
    const server = await UpdateServer.start({ catalog, checks, host: '127.0.0.1', port: 0, pages, ...setup });
    const bugs: unknown[] = [];
    server.events.on('bug', (bug) => bugs.push(bug));
    return {
      server,
      bugs,
      async [Symbol.asyncDispose]() {
        await server.stop(0);
        await checks.close();
      },
    };
  }

  /** Serves pages of `live` alone, at /status/events. */
  function serveLive(live: LivePages) {
    return serve((app) => {
      app.get('/status/events', ({ body, env }) =>
        body(
          live.open(() => env.outgoing.destroy()),
          200,
          { 'Content-Type': 'text/event-stream' },
        ),
      );
    });
  }

  function statusPages(): StatusPages {
    const catalog = new Catalog([boxes.root]);
    const boards = new BoardRegistry();
    return new StatusPages({ version: '1', catalog, checks: new ImageChecks(), boards, allowed: new Networks([]) });
  }

  /** Opens a page as a browser does, and reads until `text` came; answers what came. */
  async function openPage(socket: Socket, text = '\n\n'): Promise<string> {
    socket.on('error', () => {});
    socket.setEncoding('utf8').write('GET /status/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    let came = '';
    while (!came.split('\r\n\r\n').slice(1).join('').includes(text)) came += (await once(socket, 'data', soon()))[0];
    return came;
  }

  /** Closes a page as a browser does: what it sends last says that it sends no more. */
  async function close(socket: Socket): Promise<void> {
    const closed = once(socket, 'close', soon());
    socket.end();
    await closed;
  }

  for (const scheme of ['http', 'https'] as const) {
    test(`are freed at once when they are closed, though nothing changes (${scheme})`, async () => {
      const pages = statusPages();
      const tls = scheme === 'https' ? await authority.pair('server') : undefined;
      await using site = await serve(pages.add, { tls });
      const { port } = site.server.address;
      const ca = await readFile(authority.caPath, 'utf8');
      const open = () => (tls === undefined ? connect(port, '127.0.0.1') : connectTls({ port, host: '127.0.0.1', ca }));
      const tabs = Array.from({ length: MOST }, open);
      await Promise.all(tabs.map((tab) => openPage(tab)));
      match(await openPage(open(), 'too many'), /^HTTP\/1\.1 503 /);
      await Promise.all(tabs.map(close));
      const another = open();
      match(await openPage(another), /^HTTP\/1\.1 200 .*\r\n\r\n.*event: page\n/s);
      another.destroy();
      pages.close();
    });
  }

  test('that are closed are not rendered any more', async () => {
    let rendered = 0;
    const live = new LivePages(async () => `${rendered++}`);
    await using site = await serveLive(live);
    const tab = connect(site.server.address.port, '127.0.0.1');
    await openPage(tab);
    equal(live.count, 1);
    await close(tab);
    equal(live.count, 0);
  });

  test('whose client closed its half with its request are closed', async () => {
    const live = new LivePages(async () => 'text');
    await using site = await serveLive(live);
    const socket = connect({ port: site.server.address.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end('GET /status/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket.resume(), 'close', soon());
    equal(live.count, 0);
  });

  test('are closed, all of them, when they can not be rendered', async () => {
    const bug = new Error('a bug');
    let fails = false;
    const live = new LivePages(async () => {
      if (fails) throw bug;
      return 'text';
    });
    await using site = await serveLive(live);
    const { port } = site.server.address;
    const tabs = Array.from({ length: 2 }, () => connect(port, '127.0.0.1'));
    await Promise.all(tabs.map((tab) => openPage(tab)));
    fails = true;
    await Promise.all(tabs.map((tab) => once(tab, 'close', soon())));
    deepEqual([live.count, site.bugs], [0, [bug, bug]]);
    fails = false;
    const again = connect(port, '127.0.0.1');
    await openPage(again);
    again.destroy();
  });

  test('hear something, even though nothing changes', async () => {
    const live = new LivePages(async () => 'text', 1);
    const reader = live.open(() => {}).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    match(await next(), /^event: page\ndata: text\n/);
    deepEqual([await next(), await next()], [':\n\n', ':\n\n']);
    await reader.cancel();
    equal(live.count, 0);
  });
});
