import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { Credentials } from '../../src/server/admission/credentials.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { buildId, holding, makeSet, noise, startServer, type TestServer } from '../server/harness.ts';
import { Authority } from '../tools/authority.ts';
import { download, rawAnswer } from './download.ts';
import { CERTIFICATE_FILE, type Changes, type Nginx, startEdge } from './nginx.ts';

const IMAGE_BYTES = 400_000;
const NAMES = '/update?name=box&board=pi';

interface Site extends AsyncDisposable {
  readonly origin: TestServer;
  readonly edge: Nginx;
  /** What reached the origin so far, but for questions by HEAD: `GET <status> <target>`. */
  readonly asked: readonly string[];
  get(target: string, headers?: Record<string, string>): ReturnType<typeof download>;
}

async function openSite(options: Parameters<typeof startServer>[1] = {}, changes: Changes = {}): Promise<Site> {
  const origin = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi-main', IMAGE_BYTES), {
    trustedProxies: new Networks(['127.0.0.1']),
    ...options,
  });
  const edge = await startEdge(origin.server.address.port, changes);
  const asked: string[] = [];
  origin.server.events.on('answering', ({ method, status, target }) => {
    if (method !== 'HEAD') asked.push(`${method} ${status} ${target}`);
  });
  return {
    origin,
    edge,
    asked,
    get: (target, headers) => download(edge.port, target, headers),
    async [Symbol.asyncDispose]() {
      await edge[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

const sha256Of = async (origin: TestServer, target: string) =>
  createHash('sha256')
    .update((await origin.get(target)).body)
    .digest('hex');
const NOTHING = createHash('sha256').update(Buffer.alloc(10_240)).digest('hex');

describe('an edge', () => {
  it('has one copy for all boards, however they ask and whatever they run', async () => {
    await using site = await openSite();
    const expected = await sha256Of(site.origin, NAMES);
    const targets = [
      `${NAMES}&build_id=${buildId(7)}`,
      `${NAMES}&=branch=main&version=&build_id=${buildId(8)}`,
      `${NAMES}&branch=main`,
      '/update/box/box-pi-main',
      `/update/box/box-pi-main/${buildId(9)}`,
      '/update/box/box%2Dpi-main',
      `/${NAMES}`,
      '///update/box/box-pi-main',
    ];
    const before = site.asked.length;
    for (const target of targets) {
      const answer = await site.get(target);
      assert.equal(answer.kind === 'whole' && answer.sha256, expected, target);
    }
    assert.deepEqual(site.asked.slice(before), [`GET 200 ${targets[0]}`]);
  });

  it('needs no Host in HTTP/1.0', async () => {
    await using site = await openSite({ allowedHosts: ['updates.example.org'] });
    for (const target of ['/list', NAMES, '/update/box/box-pi-main']) {
      assert.match(await rawAnswer(site.edge.port, `GET ${target} HTTP/1.0\r\n\r\n`), /^HTTP\/1\.1 200 /, target);
    }
  });

  it('gives the headers that the origin gives, from the first answer on', async () => {
    await using site = await openSite();
    const { headers: own } = await site.origin.get(NAMES);
    const names = Object.keys(own).filter((name) => !['date', 'connection', 'keep-alive'].includes(name));
    for (const time of ['first', 'second']) {
      const answer = await site.get(NAMES);
      assert.equal(answer.kind, 'whole');
      for (const name of names) {
        if (name !== 'x-accel-buffering') assert.equal(answer.headers[name], own[name], `${name}, ${time}`);
      }
    }
  });

  it('shows a new build to the next board, and keeps none of what is true for a moment', async () => {
    await using site = await openSite();
    const mine = (build: number) => `${NAMES}&build_id=${buildId(build)}`;
    const first = await sha256Of(site.origin, NAMES);
    const digests = async (...targets: string[]) => {
      const answers = [];
      for (const target of targets) answers.push(await site.get(target));
      return answers.map((answer) => answer.kind === 'whole' && answer.sha256);
    };
    assert.deepEqual(await digests(mine(1), mine(2), mine(1)), [NOTHING, first, NOTHING]);
    await makeSet(site.origin.boxes, 'box', 'box-pi-main', noise(IMAGE_BYTES).reverse(), 2);
    // The origin itself may say "up to date" for a second without a look at the disk: who asks so asks the edge later.
    const second = await sha256Of(site.origin, NAMES);
    assert.notEqual(second, first);
    assert.deepEqual(await digests(NAMES, mine(3), mine(2)), [second, second, NOTHING]);
    await rm(path.join(site.origin.boxes, 'box', 'box-pi-main.img.sha256'));
    const gone = await site.get(NAMES);
    assert.equal(gone.kind === 'whole' && gone.status, 404);
    assert.equal((await filesBelow(site.edge.cache)).length, 2);
  });

  it('gives what it has to nobody whom the origin would refuse', async () => {
    await using site = await openSite({ assigner: holding((client) => client === '10.0.0.7') });
    const expected = await sha256Of(site.origin, NAMES);
    const ask = async (headers: Record<string, string>) => {
      const answer = await site.get(NAMES, headers);
      return answer.kind === 'whole' && [answer.status, answer.sha256];
    };
    assert.deepEqual(await ask({}), [200, expected]);
    assert.deepEqual(await ask({ 'x-forwarded-for': '10.0.0.7' }), [200, NOTHING], 'a board that is held');
    for (const refused of [{ host: 'evil.example.com' }, { 'sec-fetch-site': 'cross-site' }]) {
      assert.equal(((await ask({ ...refused })) || [])[0], 403);
    }
    site.origin.server.serve({ kind: 'once', only: 'box/another' });
    assert.equal(((await ask({})) || [])[0], 404);
  });

  it('gives what it has to no more boards than its turn has come in a roll-out', async () => {
    const boards = new BoardRegistry({ neighbours: { macOf: () => undefined, refresh: async () => {} } });
    await using site = await openSite({ assigner: boards.assigner });
    boards.watch(site.origin.server);
    const [newest, old] = [buildId(1), buildId(7)];
    const expected = await sha256Of(site.origin, NAMES);
    const ask = async (client: string, build = old) => {
      const answer = await site.get(`${NAMES}&build_id=${build}`, { 'x-forwarded-for': client });
      return answer.kind === 'whole' && answer.sha256 === expected ? 'image' : 'nothing';
    };
    const stages = [{ kind: 'boards', count: 1 }, { kind: 'all' }] as const;
    boards.rollOuts.start('box/box-pi-main', newest, old, { stages, isByHand: true });
    const clients = ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as const;
    for (const time of ['nobody knows them', 'they are known']) {
      const got = [];
      for (const client of clients) got.push(await ask(client));
      assert.deepEqual(got, ['image', 'nothing', 'nothing'], time);
    }
    await ask(clients[0], newest);
    boards.rollOuts.observe();
    assert.deepEqual(await Promise.all(clients.slice(1).map((client) => ask(client))), ['image', 'image']);
    await boards.close();
  });

  it('gives what it has only to those with a password, from networks that may ask', async () => {
    const credentials = new Credentials(['lab:secret']);
    await using site = await openSite({ credentials, allow: new Networks(['10.0.0.0/8']) });
    const authorization = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`;
    const ask = async (client: string, user?: string) => {
      const headers = user === undefined ? {} : { authorization: authorization(user) };
      const answer = await site.get(NAMES, { 'x-forwarded-for': client, ...headers });
      return answer.kind === 'whole' && [answer.status, answer.headers['www-authenticate'] !== undefined];
    };
    for (const time of ['before it is kept', 'when it is']) {
      assert.deepEqual(await ask('10.0.0.7'), [401, true], time);
      assert.deepEqual(await ask('10.0.0.7', 'lab:wrong'), [401, true], time);
      assert.deepEqual(await ask('192.168.1.7', 'lab:secret'), [403, false], time);
      assert.deepEqual(await ask('10.0.0.7', 'lab:secret'), [200, false], time);
    }
    assert.equal((await filesBelow(site.edge.cache)).length, 1);
  });

  it('carries questions about parts, and by HEAD, to the origin, and keeps nothing of them', async () => {
    await using site = await openSite();
    const part = await site.get(NAMES, { range: 'bytes=0-99' });
    assert.equal(part.kind === 'whole' && part.status, 206);
    const head = await fetch(site.edge.url + NAMES, { method: 'HEAD' });
    assert.deepEqual([head.status, Number(head.headers.get('content-length')) > IMAGE_BYTES], [200, true]);
    assert.deepEqual(await filesBelow(site.edge.cache), []);
  });

  it('keeps nothing of an answer that is another than the one it was told of', async () => {
    await using site = await openSite();
    // The question by HEAD is answered for one build, the archive is fetched when there is the next.
    site.origin.server.events.once('finished', () => {
      void makeSet(site.origin.boxes, 'box', 'box-pi-main', noise(IMAGE_BYTES).reverse(), 2);
    });
    const raced = await site.get(NAMES);
    const now = await sha256Of(site.origin, NAMES);
    const after = await site.get(NAMES);
    assert.equal(after.kind === 'whole' && after.sha256, now);
    if (raced.kind === 'whole' && raced.status === 200) assert.ok(raced.sha256 === now || site.asked.length === 1);
  });

  it('asks an origin by https, as the way to authenticity has it, and takes nothing from another', async () => {
    await using authority = await Authority.create();
    const tls = await authority.pair('origin');
    const trusting = (file: string): Changes => ({
      'http://mkbox_origin': 'https://mkbox_origin',
      '  proxy_http_version 1.1;': `  proxy_http_version 1.1;
        proxy_ssl_verify on;
        proxy_ssl_trusted_certificate ${file};
        proxy_ssl_server_name on;
        proxy_ssl_name localhost;`,
    });
    await using site = await openSite({ tls }, trusting(authority.caPath));
    for (const time of ['first', 'second']) {
      const answer = await site.get(NAMES);
      assert.equal(answer.kind === 'whole' && answer.status, 200, time);
    }
    assert.equal((await site.get('/list')).kind, 'whole');
    assert.deepEqual(site.asked, [`GET 200 ${NAMES}`, 'GET 200 /list']);
    await using stranger = await startEdge(site.origin.server.address.port, trusting(CERTIFICATE_FILE));
    const refused = await download(stranger.port, NAMES);
    assert.equal(refused.kind === 'whole' && refused.status, 503);
    assert.match(await stranger.errors(), /upstream SSL certificate verify error/);
  });

  it('says in words that the origin is away, and gives out nothing old', async () => {
    await using site = await openSite();
    await site.get(NAMES);
    await site.origin.server.stop(0);
    const answer = await site.get(NAMES);
    assert.equal(answer.kind === 'whole' && answer.status, 503);
  });
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
