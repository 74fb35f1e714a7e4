import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Networks } from '../../src/server/admission/networks.ts';
import { createBoard } from '../board/board.ts';
import { DEMO_IMAGES } from '../board/demo-boxes.ts';
import { flashes, isUpToDate } from '../board/expect-boot.ts';
import { serveDemo } from '../board/serve-demo.ts';
import type { RunningServer } from '../board/update-server.ts';
import { makeSet, startServer } from '../server/harness.ts';
import { requireTools } from '../tools/tools.ts';
import { until } from '../until.ts';
import { download, rawAnswer } from './download.ts';
import { CERTIFICATE_FILE, type Nginx, startFront } from './nginx.ts';

const portOf = (url: string) => Number(new URL(url).port);

describe('the command behind nginx', () => {
  let server: RunningServer;
  let front: Nginx;
  before(async () => {
    server = await serveDemo(async () => {}, { TRUSTED_PROXIES: '127.0.0.1', ALLOWED_HOSTS: 'updates.example.org' });
    front = await startFront(portOf(server.url));
  });
  after(async () => {
    await front[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** The status and body of a request written as it is given, from the address `from`. */
  const ask = (target: string, headers: Record<string, string> = {}, from = '127.0.0.1') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const options = { port: front.port, path: target, headers, localAddress: from, agent: false };
      const asked = request({ host: '127.0.0.1', ...options }, async (response) => {
        let body = '';
        for await (const chunk of response.setEncoding('latin1')) body += chunk;
        resolve({ status: response.statusCode ?? 0, body });
      });
      asked.on('error', reject).end();
    });

  it('updates a board that asks by a name, and then says it is up to date', async () => {
    await using board = await createBoard({ server: front.url, ...DEMO_IMAGES.feature });
    await flashes(board, DEMO_IMAGES.feature);
    await isUpToDate(board);
  });

  it('is reached over TLS by who knows the certificate, and by nobody else', () => {
    const { curl } = requireTools('curl');
    const trusting = spawnSync(curl, ['-sf', '--cacert', CERTIFICATE_FILE, `${front.tlsUrl}/list`], {
      encoding: 'utf8',
    });
    assert.match(trusting.stdout, /^docker-box\//);
    assert.equal(spawnSync(curl, ['-sf', `${front.tlsUrl}/list`]).status, 60);
  });

  it('shows nothing of its own pages to the outside, however they are written', async () => {
    const inside = ['/', '/status', '/status/events', '/metrics', '/healthz', '/identity'];
    assert.equal((await fetch(`${server.url}/metrics`)).status, 200, 'they are there for this machine');
    const written = inside.flatMap((page) => [
      page,
      `${page}?x`,
      `/${page}`,
      `/list/..${page}`,
      `/update/%2e%2e${page}`,
    ]);
    for (const target of [...written, '/%6detrics', '/%73tatus', '/./metrics', '/metrics/', '/METRICS']) {
      const { status, body } = await ask(target, { accept: 'text/html' });
      assert.ok(status === 404 || status === 400, `${target}: ${status}`);
      assert.doesNotMatch(body, /mkbox_requests|"boards"|<table|"server"/);
    }
  });

  it('learns the address of who asks, and believes nobody else about it', async () => {
    await ask('/list/from-afar', {}, '127.0.0.9');
    await ask('/list/forged', { 'x-forwarded-for': '10.9.8.7' }, '127.0.0.9');
    const lines = () => server.lines().filter((line) => /from-afar|forged/.test(line));
    await until(() => lines().length >= 2, lines);
    assert.equal(lines().length, 2);
    for (const line of lines()) assert.match(line, / 127\.0\.0\.9 "GET /);
  });

  it('is asked what the board wrote, escape by escape', async () => {
    const targets = [
      '/update?name=docker%2Dbox&board=odroid-c4&=branch=main&version=&build_id=%30',
      '/update/docker-box/docker-box%2Dodroid-c4-main/0',
      '/list/%5Bd%5Docker?x=%2F',
    ];
    for (const target of targets) assert.equal((await ask(target)).status, 200, target);
    for (const target of targets)
      await until(
        () => server.lines().some((line) => line.includes(`"GET ${target}"`)),
        () => [target, server.lines()],
      );
  });

  it('is asked by boards whose address of it ends in a slash, and by HTTP/1.0 without a Host', async () => {
    const target = '/update?name=docker-box&board=odroid-c4';
    const plain = await ask(target);
    assert.equal(plain.status, 200);
    for (const slashes of ['/', '//']) assert.deepEqual(await ask(`${slashes}${target}`), plain);
    assert.deepEqual(await ask('//list'), await ask('/list'));
    assert.match(await rawAnswer(front.port, 'GET /list HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /);
  });

  it('decides by which names it may be called', async () => {
    assert.equal((await ask('/list', { host: 'updates.example.org' })).status, 200);
    const { status, body } = await ask('/list', { host: 'evil.example.com' });
    assert.equal(status, 403);
    assert.match(body, /ALLOWED_HOSTS/);
  });

  it('is said to be away when it is, in words, and is back at once', async () => {
    await using gone = await startFront(1);
    const answer = await fetch(`${gone.url}/update?name=docker-box&board=odroid-c4`);
    assert.deepEqual([answer.status, await answer.text()], [503, 'the update server cannot be reached; try again\n']);
  });
});

describe('an image behind nginx', () => {
  const IMAGE_BYTES = 60_000_000;
  const trustedProxies = new Networks(['127.0.0.1']);

  it('is sent no faster than its board takes it, through no file, and broken off when the board goes', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES), { trustedProxies });
    await using front = await startFront(server.server.address.port);
    const answering = once(server.server.events, 'answering');
    const ended = server.ended();
    const board = connect(front.port, '127.0.0.1');
    board.write('GET /update/box/box-pi HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(board, 'data');
    board.pause();
    const [transfer] = await answering;
    await sleep(500);
    assert.ok(transfer.sentBytes < IMAGE_BYTES / 2, `${transfer.sentBytes} bytes were taken`);
    assert.deepEqual(await filesBelow(front.temporary), []);
    board.destroy();
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
  });

  it('is asked for once, whatever becomes of it', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 3_000_000));
    await using front = await startFront(server.server.address.port);
    server.server.events.once('answering', () => void server.server.stop(0));
    const answer = await download(front.port, '/update/box/box-pi');
    assert.ok(answer.kind === 'broken' || answer.status === 503);
    assert.equal(server.events.filter((event) => event.startsWith('accepted')).length, 1);
  });
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
