import assert from 'node:assert/strict';
import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeSet, startServer, type TestServer } from './harness.ts';

const IMAGES = ['Zeta-pi', 'a-pi', 'a.b-pi', 'docker-odroid-c4', 'docker-pi-main', 'docker-pi-main-1.0', 'émile-pi'];

describe('the list', () => {
  let server: TestServer;
  const file = (box: string, name: string) => path.join(server.boxes, box, name);
  before(async () => {
    server = await startServer(async (boxes) => {
      for (const image of IMAGES.toReversed()) await makeSet(boxes, 'box', image, 10);
      await makeSet(boxes, 'Box', 'z-pi', 10);
      await makeSet(boxes, '[odd]', 'odd{a,b}-pi', 10);
      await makeSet(boxes, '.hidden', 'hidden-pi', 10);
      await makeSet(boxes, 'box', '.hidden-pi', 10);
      await makeSet(boxes, 'box', 'two\nlines-pi', 10);
      await mkdir(path.join(boxes, 'empty'));
      await writeFile(path.join(boxes, 'README.img.zst'), 'in no box');
    });
  });
  after(() => server[Symbol.asyncDispose]());

  const ALL = ['Box/z-pi', '[odd]/odd{a,b}-pi', ...IMAGES.map((image) => `box/${image}`)];
  const list = async (search = '') => {
    const { status, headers, body } = await server.get(`/list${search}`);
    assert.equal(status, 200, search);
    assert.equal(headers['content-length'], String(body.length));
    return body.toString().split('\n').slice(0, -1);
  };

  it('is plain text in UTF-8, a line for each image, by code units, each time the same', async () => {
    const { headers, body } = await server.get('/list');
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(body.toString(), `${ALL.join('\n')}\n`);
    assert.ok((await server.get('/list')).body.equals(body));
    assert.deepEqual(await list('/'), ALL);
  });

  it('leaves nothing behind with the checks, which outlive the server', async () => {
    await list();
    assert.equal(server.checks.events.listenerCount('examined'), 0);
  });

  const searches: Record<string, readonly string[]> = {
    '/docker': ALL.filter((line) => line.includes('docker')),
    '/main': ['box/docker-pi-main', 'box/docker-pi-main-1.0'],
    '/main*1': ['box/docker-pi-main-1.0'],
    '/*': ALL,
    '/**': ALL,
    '/%2A': ALL,
    '/ma?n-': ['box/docker-pi-main-1.0'],
    '/ma%3Fn-': ['box/docker-pi-main-1.0'],
    '/a?b': ['[odd]/odd{a,b}-pi', 'box/a.b-pi'],
    '/a.b': ['box/a.b-pi'],
    '/[A-Z]e': ['box/Zeta-pi'],
    '/%5BZ%5Deta': ['box/Zeta-pi'],
    '/odroid-c[!5]': ['box/docker-odroid-c4'],
    '/odroid-c[5]': [],
    '/%C3%A9mile': ['box/émile-pi'],
    '/Box/': ['Box/z-pi'],
    '/box/a': ['box/a-pi', 'box/a.b-pi'],
    '/box%2Fa': ['box/a-pi', 'box/a.b-pi'],
    '/x/z*pi': ['Box/z-pi'],
    '/Box*pi': ['Box/z-pi'],
    '/no*pi': [],
    '/DOCKER': [],
    '/{a,b}': ['[odd]/odd{a,b}-pi'],
    '/+(a)': [],
    '/!docker': [],
    '/%23': [],
    '/no-such': [],
    '/...': [],
    '/%2525': [],
  };
  for (const [search, lines] of Object.entries(searches)) {
    it(`for ${search} has ${lines.length} lines`, async () => assert.deepEqual(await list(search), lines));
  }

  it('for a search of the greatest length is an answer in no time, and empty for a longer one', async () => {
    const start = performance.now();
    assert.deepEqual(await list(`/${'['.repeat(255)}`), []);
    assert.deepEqual(await list(`/${'*a'.repeat(127)}`), []);
    assert.deepEqual(await list(`/${'*'.repeat(256)}`), []);
    assert.ok(performance.now() - start < 20_000);
  });

  it('is asked for at exactly this path', async () => {
    for (const target of ['/List', '/lists', '/listx', '/update/list/']) {
      assert.equal((await server.get(target)).status, 404, target);
    }
    assert.deepEqual(await list('?x=docker'), ALL);
  });

  it('leaves out what is incomplete, until it is whole again', async () => {
    const zst = file('Box', 'z-pi.img.zst');
    const rest = ALL.slice(1);
    await rename(zst, `${zst}.away`);
    assert.deepEqual(await list(), rest);
    await rename(`${zst}.away`, zst);
    assert.deepEqual(await list(), ALL);
    for (const suffix of ['zst', 'sha256', 'buildID']) {
      await truncate(file('Box', `z-pi.img.${suffix}`));
      assert.equal((await server.get('/update/Box/z-pi')).status, 404, suffix);
      await makeSet(server.boxes, 'Box', 'z-pi', 10);
      assert.equal((await server.get('/update/Box/z-pi')).status, 200, suffix);
    }
    await writeFile(file('Box', 'z-pi.img.sha256'), `${'0'.repeat(64)}  other.img.zst\n`);
    assert.equal((await server.get('/update/Box/z-pi')).status, 404);
    await rm(file('Box', ''), { recursive: true });
    assert.deepEqual(await list(), rest);
    await makeSet(server.boxes, 'Box', 'z-pi', 10);
    assert.deepEqual(await list(), ALL);
  });

  it('is empty over an empty folder, and over one that is not there', async () => {
    await using empty = await startServer(async () => {});
    const { status, body } = await empty.get('/list');
    assert.deepEqual([status, body.length], [200, 0]);
    await rm(empty.boxes, { recursive: true });
    assert.deepEqual((await empty.get('/list')).status, 200);
  });
});
