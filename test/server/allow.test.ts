import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { Networks } from '../../src/server/admission/networks.ts';
import type { UpdateServerOptions } from '../../src/server/server-options.ts';
import { WITHOUT_IPV6 } from '../ipv6.ts';
import { buildId, makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';

const start = (allow: readonly string[], options: Partial<UpdateServerOptions> = {}) =>
  startServer((boxes) => makeSet(boxes, 'box', 'box-pi'), { allow: new Networks(allow), ...options });

interface Client {
  /** The address it asks from: all of 127.0.0.0/8 is this machine's. */
  readonly from?: string;
  /** The server's address that it asks at. */
  readonly at?: string;
  readonly headers?: Record<string, string>;
}

/** The status that a client gets, and the line it is told. */
async function ask({ server }: TestServer, client: Client = {}, target = TARGET): Promise<[number, string]> {
  const { from, at: host = '127.0.0.1', headers = {} } = client;
  return await new Promise((resolve, reject) => {
    const asked = request({ host, port: server.address.port, path: target, localAddress: from, headers, agent: false });
    asked.on('error', reject).end();
    asked.on('response', (answer) => {
      let text = '';
      answer.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
    });
  });
}

const statusOf = async (server: TestServer, client: Client = {}, target = TARGET) =>
  (await ask(server, client, target))[0];

describe('a server that lets in some networks', () => {
  it('answers who is in one of them, and says to others that they are not', async () => {
    await using server = await start(['127.0.0.2', '127.1.0.0/16']);
    assert.equal(await statusOf(server, { from: '127.0.0.2' }), 200);
    assert.equal(await statusOf(server, { from: '127.1.255.1' }), 200);
    assert.deepEqual(await ask(server, { from: '127.2.0.1' }), [
      403,
      '127.2.0.1 is in none of the networks that may ask here (ALLOW)\n',
    ]);
  });

  it('makes no exception for this machine', async () => {
    await using server = await start(['10.0.0.0/8']);
    assert.equal(await statusOf(server), 403);
  });

  it('tells IPv6 addresses apart as well', { skip: WITHOUT_IPV6 }, async () => {
    await using some = await start(['::1/128'], { host: '::1' });
    assert.equal(await statusOf(some, { at: '::1' }), 200);
    await using others = await start(['fd00::/8', '127.0.0.0/8'], { host: '::1' });
    assert.equal(await statusOf(others, { at: '::1' }), 403);
  });

  it('knows an IPv4 address that comes in by an IPv6 socket', { skip: WITHOUT_IPV6 }, async () => {
    await using server = await start(['127.0.0.2'], { host: '::' });
    assert.equal(await statusOf(server, { from: '127.0.0.2' }), 200);
    assert.deepEqual(await ask(server, { from: '127.0.0.3' }), [
      403,
      '127.0.0.3 is in none of the networks that may ask here (ALLOW)\n',
    ]);
    assert.equal(await statusOf(server, { at: '::1' }), 403);
  });

  it('goes by what a believed proxy says, and not by what others say', async () => {
    await using server = await start(['192.0.2.0/24', '2001:db8::/32'], {
      trustedProxies: new Networks(['127.0.0.9']),
    });
    const behind = (from: string, forwardedFor: string) =>
      statusOf(server, { from, headers: { 'x-forwarded-for': forwardedFor } });
    assert.equal(await behind('127.0.0.9', '192.0.2.7'), 200);
    assert.equal(await behind('127.0.0.9', '2001:db8::7'), 200);
    assert.equal(await behind('127.0.0.9', '192.0.2.7, 198.51.100.1'), 403);
    assert.equal(await behind('127.0.0.9', '198.51.100.1'), 403);
    assert.equal(await behind('127.0.0.8', '192.0.2.7'), 403);
    assert.equal(await statusOf(server, { from: '127.0.0.9' }), 403);
  });

  it('tells others nothing of its images, not by a remembered answer either', async () => {
    await using server = await start(['127.0.0.2']);
    const upToDate = `${TARGET}/${buildId()}`;
    assert.equal(await statusOf(server, { from: '127.0.0.2' }, upToDate), 200);
    const texts = await Promise.all(
      [upToDate, TARGET, '/update/box/nothing', '/list', '/nothing', '/status', '/metrics'].map((target) =>
        ask(server, { from: '127.0.0.3' }, target),
      ),
    );
    assert.equal(new Set(texts.map((answer) => answer.join(' '))).size, 1);
  });

  it('turns them away before their names for it, their methods and their passwords are looked at', async () => {
    await using server = await start(['127.0.0.2']);
    const stranger = { from: '127.0.0.3', headers: { host: 'evil.com', authorization: 'Basic x' } };
    assert.match((await ask(server, stranger))[1], /^127\.0\.0\.3 is in none/);
    assert.equal(await statusOf(server, { from: '127.0.0.3', headers: { host: 'a b' } }, '/list/%zz'), 400);
  });

  it('lets in others, and goes by other names, from the next request on, and finishes what runs', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 20_000_000));
    const named = { headers: { host: 'boards.example.org' } };
    assert.equal(await statusOf(server, named, `${TARGET}/${buildId()}`), 403);
    const answering = once(server.server.events, 'answering');
    const board = await server.connect();
    board.pause().write(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await answering;
    server.server.renewAllowed({ allow: new Networks(['127.0.0.2']), allowedHosts: ['boards.example.org'] });
    assert.equal(await statusOf(server, { from: '127.0.0.3', ...named }), 403);
    assert.equal(await statusOf(server, { from: '127.0.0.2', ...named }, `${TARGET}/${buildId()}`), 200);
    server.server.renewAllowed({});
    assert.equal(await statusOf(server, { from: '127.0.0.3' }, `${TARGET}/${buildId()}`), 200);
    assert.equal(await statusOf(server, named), 403);
    let bytes = 0;
    board.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await once(board.resume(), 'end');
    assert.ok(bytes > 20_000_000);
  });

  it('is asked who it is by programs on the same machine', async () => {
    await using server = await start(['10.0.0.0/8'], { identity: { server: 'mkbox', version: '1' } });
    assert.equal(await statusOf(server, {}, '/identity'), 200);
    assert.equal(await statusOf(server, {}, '/identity/x'), 403);
  });

  it('notes what they asked for', async () => {
    await using server = await start(['10.0.0.0/8']);
    const ended = server.ended();
    await ask(server, {}, `/update?name=box&board=pi&build_id=${buildId()}`);
    const { asked, state } = await ended;
    assert.deepEqual(asked, { kind: 'update', box: 'box', board: 'pi', buildId: buildId() });
    assert.deepEqual(state, { kind: 'refused', refusal: { kind: 'not allowed', client: '127.0.0.1' } });
  });
});
