import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildId, makeSet, type Response, startServer, type TestServer } from './harness.ts';

describe('the endpoints', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer(async (boxes) => {
      await makeSet(boxes, 'docker-box', 'docker-box-pi-main');
      await makeSet(boxes, 'docker-box', 'docker-box-odroid-c4-master-1.2');
      await makeSet(boxes, 'docker-box', 'docker-box-odroid-c4-feature-x-1.2');
      await makeSet(boxes, 'linux-box', 'linux-box-pi');
      await makeSet(boxes, 'linux-box', 'linux-box-both-main');
      await makeSet(boxes, 'linux-box', 'linux-box-both-master');
      await makeSet(boxes, 'led-blink', 'example-led-blink-pi');
      await makeSet(boxes, 'half-box', 'half-box-pi-master');
      await rm(path.join(boxes, 'half-box', 'half-box-pi-master.img.sha256'));
      await makeSet(boxes, 'half-box', 'half-box-pi');
    });
  });
  after(() => server[Symbol.asyncDispose]());

  const ALL = [
    'docker-box/docker-box-odroid-c4-feature-x-1.2',
    'docker-box/docker-box-odroid-c4-master-1.2',
    'docker-box/docker-box-pi-main',
    'half-box/half-box-pi',
    'led-blink/example-led-blink-pi',
    'linux-box/linux-box-both-main',
    'linux-box/linux-box-both-master',
    'linux-box/linux-box-pi',
  ];
  const list = async (search: string) => {
    const { status, headers, body } = await server.get(`/list${search}`);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    return body.toString().split('\n').slice(0, -1);
  };
  /** The image that an answer hands out, by the name of its first member; what is wrong, for an error. */
  const handsOut = async (target: string) => {
    const { status, body } = await server.get(target);
    const text = body.toString('latin1');
    return status === 200 ? text.slice(0, text.indexOf('\0')).replace(/\.img\.zst$/, '') : `${status} ${text.trim()}`;
  };

  it('lists the complete images, sorted, with and without a slash behind', async () => {
    assert.deepEqual(await list(''), ALL);
    assert.deepEqual(await list('/'), ALL);
  });

  it('lists what a glob finds in the name or in the line', async () => {
    assert.deepEqual(
      await list('/main'),
      ALL.filter((line) => line.includes('main')),
    );
    assert.deepEqual(await list('/*'), ALL);
    assert.deepEqual(
      await list('/l?nux'),
      ALL.filter((line) => line.includes('linux')),
    );
    assert.deepEqual(await list('/%5Bl%5Dinux-box-pi'), ['linux-box/linux-box-pi']);
    assert.deepEqual(await list('/led-blink%2Fexample'), ['led-blink/example-led-blink-pi']);
    assert.deepEqual(await list('/nothing-like-it'), []);
  });

  for (const target of ['/update/docker-box/docker-box-pi-main', '/update?name=docker-box&board=pi']) {
    it(`hands out the update at ${target}`, async () => {
      const { status, headers, body } = await server.get(target);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/x-tar');
      assert.equal(headers['content-length'], String(body.length));
      assert.equal(headers['content-disposition'], 'attachment; filename="update.tar"');
      assert.match(headers['cache-control'] ?? '', /no-transform/);
      assert.equal(headers['x-accel-buffering'], 'no');
      assert.equal(body.length % 10_240, 0);
    });
  }

  it('answers the same build with an archive of nothing', async () => {
    for (const target of [
      `/update/docker-box/docker-box-pi-main/${buildId()}`,
      `/update?name=docker-box&board=pi&build_id=${buildId()}`,
    ]) {
      for (const time of ['first', 'second']) {
        const { status, headers, body } = await server.get(target);
        assert.equal(status, 200, time);
        assert.equal(headers['content-type'], 'application/x-tar');
        assert.deepEqual(body, Buffer.alloc(10_240));
      }
    }
    assert.equal(await handsOut(`/update/docker-box/docker-box-pi-main/${buildId(2)}`), 'docker-box-pi-main');
  });

  it('finds the image that a query means', async () => {
    const cases = {
      'name=docker-box&board=pi': 'docker-box-pi-main',
      'name=docker-box&board=pi&branch=&version=&build_id=': 'docker-box-pi-main',
      'name=docker-box&board=odroid-c4&version=1.2': 'docker-box-odroid-c4-master-1.2',
      'name=docker-box&board=odroid-c4&branch=feature-x&version=1.2': 'docker-box-odroid-c4-feature-x-1.2',
      'name=docker-box&board=odroid-c4&=branch=feature-x&version=1.2': 'docker-box-odroid-c4-feature-x-1.2',
      'name=docker-box&board=odroid-c4&=branch=&version=1.2': 'docker-box-odroid-c4-master-1.2',
      'name=docker-box&board=odroid-c4&branch=feature-x&=branch=y&version=1.2': 'docker-box-odroid-c4-feature-x-1.2',
      'name=linux-box&board=both': 'linux-box-both-master',
      'name=linux-box&board=pi': 'linux-box-pi',
      'name=example-led-blink&board=pi': 'example-led-blink-pi',
    };
    for (const [query, image] of Object.entries(cases)) assert.equal(await handsOut(`/update?${query}`), image, query);
  });

  it('says what is missing where there is nothing to hand out', async () => {
    const cases = {
      '/update?name=linux-box&board=pi&branch=dev': '404 no image linux-box-pi-dev; nearest: linux-box-pi',
      '/update?name=linux-box&board=c5':
        '404 no image linux-box-c5-master, linux-box-c5-main or linux-box-c5; nearest: linux-box-pi',
      '/update/linux-box/linux-box-pie': '404 no image linux-box-pie in linux-box; nearest: linux-box-pi',
      '/update?name=half-box&board=pi':
        '404 half-box/half-box-pi-master is incomplete: half-box-pi-master.img.sha256 is missing',
    };
    for (const [target, answer] of Object.entries(cases)) assert.equal(await handsOut(target), answer);
    assert.match(await handsOut('/update?board=pi'), /^404 the request names no box: add name=/);
    assert.match(await handsOut('/update?name=linux-box'), /^404 the request names no board: add board=/);
    // by the script of mkbox's linux-box, where update.txt or DNS names a server and no box
    assert.match(
      await handsOut('/update?http://user:word@10.0.0.1:5555&build_id=1a'),
      /^404 the request has a server's address for its query: where update\.txt or DNS names the server, /,
    );
    assert.match(await handsOut('/update/linux-box'), /^404 nothing is served under this path/);
    assert.match(await handsOut('/favicon.ico'), /^404 nothing is served under this path/);
  });

  it('notices at once when files appear, change and vanish', async () => {
    const file = path.join(server.boxes, 'half-box', 'half-box-pi-master.img.sha256');
    await makeSet(server.boxes, 'half-box', 'half-box-pi-master');
    assert.equal(await handsOut('/update?name=half-box&board=pi'), 'half-box-pi-master');
    await writeFile(file, '');
    assert.match(await handsOut('/update?name=half-box&board=pi'), /half-box-pi-master\.img\.sha256 is empty$/);
    await rm(file);
    assert.match(await handsOut('/update?name=half-box&board=pi'), /half-box-pi-master\.img\.sha256 is missing$/);
  });

  /** The headers that are not of the moment or the connection. */
  function ofTheAnswer({ headers }: Response) {
    const { date: _, connection: __, 'keep-alive': ___, ...rest } = headers;
    return rest;
  }

  it('answers HEAD like GET, without a body', async () => {
    for (const target of [
      '/list',
      '/update/docker-box/docker-box-pi-main',
      `/update?name=docker-box&board=pi&build_id=${buildId()}`,
      '/nothing',
    ]) {
      const get = await server.get(target);
      const head = await server.get(target, {}, 'HEAD');
      assert.equal(head.status, get.status);
      assert.deepEqual(ofTheAnswer(head), ofTheAnswer(get));
      assert.equal(head.body.length, 0);
    }
  });

  it('answers HEAD with the head of all, whatever range is asked for, and closes when told to', async () => {
    const target = '/update/docker-box/docker-box-pi-main';
    const { body } = await server.get(target);
    const { status, headers } = await server.get(target, { range: 'bytes=0-9' }, 'HEAD');
    assert.deepEqual([status, headers['content-length']], [200, String(body.length)]);
    const closed = await server.raw(`HEAD ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    assert.match(closed, /^HTTP\/1\.1 200 OK\r\n.*\r\nConnection: close\r\n/s);
  });

  it('answers other methods with 405 and those it has', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await server.get('/list', {}, method);
      assert.equal(status, 405);
      assert.equal(headers.allow, 'GET, HEAD');
    }
  });
});
