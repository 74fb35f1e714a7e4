import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback } from '../../../src/server/admission/identity.ts';
import { startServer } from '../harness.ts';

const IDENTITY = { server: 'mkbox', version: '1.2.3', workspace: 'a lab & "more"' } as const;

describe('who is serving here', () => {
  it('is told to this machine, as JSON and not to be kept', async () => {
    await using server = await startServer(async () => {}, { identity: IDENTITY });
    const ended = server.ended();
    const { status, headers, body } = await server.get('/identity');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], String(body.length));
    assert.match(headers['cache-control'] ?? '', /no-cache/);
    assert.deepEqual(JSON.parse(body.toString()), IDENTITY);
    const { asked, state } = await ended;
    assert.deepEqual(asked, { kind: 'identity' });
    assert.deepEqual(state, { kind: 'finished', result: 'identity' });
  });

  it('has a head without a body', async () => {
    await using server = await startServer(async () => {}, { identity: IDENTITY });
    const { status, headers, body } = await server.get('/identity', {}, 'HEAD');
    assert.equal(status, 200);
    assert.equal(Number(headers['content-length']) > 0, true);
    assert.equal(body.length, 0);
  });

  it('is told to no page of another site, and under no foreign name', async () => {
    await using server = await startServer(async () => {}, { identity: IDENTITY });
    for (const headers of [{ origin: 'http://evil.com' }, { 'sec-fetch-site': 'cross-site' }, { host: 'evil.com' }]) {
      const { status, body } = await server.get('/identity', headers);
      assert.equal(status, 403);
      assert.ok(!body.includes('1.2.3'));
    }
  });

  it('is nothing where the server has no identity, and below it', async () => {
    await using nameless = await startServer(async () => {});
    assert.equal((await nameless.get('/identity')).status, 404);
    await using server = await startServer(async () => {}, { identity: IDENTITY });
    assert.equal((await server.get('/identity/')).status, 404);
    assert.equal((await server.get('/identity/x')).status, 404);
  });

  it('is for addresses of this machine alone', () => {
    for (const address of ['127.0.0.1', '127.255.0.3', '::1', '::ffff:127.0.0.1']) {
      assert.equal(isLoopback(address), true, address);
    }
    for (const address of ['192.168.1.5', '1.127.0.1', '::', '::2', '::ffff:10.0.0.1', 'fe80::1', 'unknown', '']) {
      assert.equal(isLoopback(address), false, address);
    }
  });
});
