import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildId, makeSet, startServer, type TestServer } from '../harness.ts';

const CLOSE = 'Connection: close\r\n';
const QUERY = '/update?name=box&board=pi';

describe('the target of a request', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi'), { allowedHosts: ['update.example.org'] });
  });
  after(() => server[Symbol.asyncDispose]());

  /** The status and the length of the body of an answer to bytes as they are. */
  const ask = async (bytes: string) => {
    const [head = '', ...body] = (await server.raw(bytes)).split('\r\n\r\n');
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), bytes: body.join('\r\n\r\n').length };
  };
  const get = (target: string, host = 'localhost') => ask(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${CLOSE}\r\n`);

  it('may begin with more than one slash', async () => {
    for (const path of ['/list', QUERY, `${QUERY}&build_id=${buildId()}`, '/update/box/box-pi', '/nothing']) {
      const plain = await get(path);
      for (const slashes of ['/', '//', '/////']) assert.deepEqual(await get(`${slashes}${path}`), plain, path);
    }
    assert.equal((await get('//localhost/list')).status, 404);
    assert.equal((await get('//../list')).status, 400);
    assert.equal((await get(`${'/'.repeat(5_000)}list`)).status, 414);
  });

  it('is told without the slashes in the log', async () => {
    await server.idle();
    const ended = server.ended();
    await get(`/${QUERY}`);
    assert.equal((await ended).target, QUERY);
  });

  it('may be absolute: its host counts then, and not the Host header', async () => {
    const plain = await get(QUERY);
    for (const start of [
      'http://localhost',
      'http://localhost:80',
      'HTTP://LOCALHOST',
      'https://update.example.org/',
    ]) {
      assert.deepEqual(await get(`${start}${QUERY}`), plain, start);
    }
    assert.deepEqual(await get('http://localhost/list', 'evil.com'), await get('/list'));
    assert.equal((await get('http://evil.com/list')).status, 403);
    assert.equal((await get('http://localhost')).status, 404);
    assert.equal((await get('http://localhost?x')).status, 404);
    for (const odd of [
      'http://',
      'http:///list',
      'http://user@localhost/list',
      'http://a:b/list',
      'http://[zz]/list',
    ]) {
      assert.equal((await get(odd)).status, 400, odd);
    }
    assert.equal((await get('http://localhost/list', 'a b')).status, 400);
    assert.equal((await ask(`GET http://localhost/list HTTP/1.1\r\n${CLOSE}\r\n`)).status, 400);
  });

  it('needs no Host in HTTP/1.0', async () => {
    for (const path of ['/list', QUERY, '/update/box/box-pi']) {
      assert.deepEqual(await ask(`GET ${path} HTTP/1.0\r\n\r\n`), await get(path), path);
    }
    assert.equal((await ask('GET /list HTTP/1.0\r\nHost: evil.com\r\n\r\n')).status, 403);
    assert.equal((await ask('GET http://evil.com/list HTTP/1.0\r\n\r\n')).status, 403);
    assert.equal((await ask('GET /list HTTP/1.0\r\nOrigin: http://evil.com\r\n\r\n')).status, 403);
  });
});
