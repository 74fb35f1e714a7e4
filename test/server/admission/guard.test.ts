import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { requireTools } from '../../tools/tools.ts';
import { makeSet, startServer, type TestServer } from '../harness.ts';

const CANARY = 'the canary outside the image folder';

describe('what is let in', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer(
      async (boxes) => {
        await makeSet(boxes, 'box', 'box-pi', 10);
        await makeSet(path.dirname(boxes), 'boxes-evil', 'evil-pi', Buffer.from(CANARY));
        await writeFile(path.join(path.dirname(boxes), 'canary'), CANARY);
        await symlink(path.join(path.dirname(boxes), 'boxes-evil'), path.join(boxes, 'linked-out'));
        await symlink('box', path.join(boxes, 'linked-in'));
        await makeSet(boxes, 'box', 'box-file', 10);
        const linked = path.join(boxes, 'box', 'box-file.img.zst');
        await rename(linked, path.join(path.dirname(boxes), 'moved'));
        await symlink(path.join(path.dirname(boxes), 'moved'), linked);
        await makeSet(boxes, 'box', 'box-fifo', 10);
        await rename(path.join(boxes, 'box', 'box-fifo.img.zst'), path.join(path.dirname(boxes), 'moved-2'));
        execFileSync('mkfifo', [path.join(boxes, 'box', 'box-fifo.img.zst')]);
        await mkdir(path.join(boxes, 'box', 'box-folder.img.zst'));
      },
      { allowedHosts: ['update.example.org', '*.lab.example.com'] },
    );
  });
  after(() => server[Symbol.asyncDispose]());

  const lives = async () => assert.equal((await server.get('/list')).status, 200);
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

  const linkLocal = Object.entries(networkInterfaces()).flatMap(([name, infos = []]) =>
    infos
      .filter(({ address }) => address.startsWith('fe80:'))
      .map(({ address }) => `${address.replace(/%.*/, '')}%${name}`),
  )[0];
  it('is what Python and curl send of a zone', {
    skip: linkLocal === undefined && 'no link-local address',
  }, async () => {
    const { python3, curl } = requireTools('python3', 'curl');
    await using site = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 10), { host: linkLocal ?? '' });
    const at = `[${linkLocal}]:${site.server.address.port}`;
    const script = 'import sys, urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())';
    const run = async (program: string, ...args: string[]) => (await promisify(execFile)(program, args)).stdout;
    assert.equal(await run(python3, '-c', script, `http://${at}/list`), 'box/box-pi\n');
    assert.equal(await run(curl, '-sg', `http://${at}/list`), 'box/box-pi\n');
    assert.equal(await run(curl, '-sg', `http://${at.replace('%', '%25')}/list`), 'box/box-pi\n');
  });

  it('is a host that cannot be anyone else, or that was allowed', async () => {
    const status = async (host: string) => (await server.get('/list', { host })).status;
    const allowed = [
      'localhost',
      '127.0.0.1:80',
      '192.168.1.5',
      '[::1]:8080',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]:80',
      '[fe80::1%eth0]:8080',
      'lab',
      'lab:',
      'lab.local',
      'a.b.lan',
      'x.home.arpa',
    ];
    for (const host of [...allowed, 'update.example.org', 'UPDATE.example.org:443', 'a.lab.example.com', 'x.test.']) {
      assert.equal(await status(host), 200, host);
    }
    for (const host of [
      'example.org',
      'evil.com',
      'local.evil.com',
      'lab.example.com.evil.com',
      '127.0.0.1.evil.com',
    ]) {
      assert.equal(await status(host), 403, host);
    }
    for (const host of ['a b', 'user@host', 'host:port', 'host/path', '[::1', '::1', '[zz]', 'lab::']) {
      assert.equal(await status(host), 400, host);
    }
    const { body } = await server.get('/list', { host: 'evil.com' });
    assert.match(body.toString(), /does not go by the name evil\.com; add it to ALLOWED_HOSTS if it should/);
  });

  it('is no page of another site', async () => {
    const status = async (headers: Record<string, string>) => (await server.get('/list', headers)).status;
    assert.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(await status({ 'sec-fetch-site': 'same-origin' }), 200);
    assert.equal(await status({ origin: 'http://evil.com' }), 403);
    assert.equal(await status({ origin: 'null' }), 403);
    assert.equal(await status({ host: 'lab:80', origin: 'http://lab:80' }), 200);
    const { headers } = await server.get('/list', { origin: 'http://evil.com' });
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('access-control')),
      [],
    );
  });

  it('is HTTP: the rest gets an error, and the server goes on', async () => {
    const host = 'Host: localhost\r\n';
    const cases: Record<string, readonly number[]> = {
      'GET /list HTTP/1.1\r\n\r\n': [400],
      [`GET /list HTTP/1.1\r\n${host}${host}\r\n`]: [400],
      'GET /list HTTP/1.1\r\nHost: localhost\r\nhOST: evil.com\r\n\r\n': [400],
      'GET /list\r\n\r\n': [400],
      'GET /list HTTP/1.1\r\nHost:\r\n\r\n': [400],
      'GET\r\n\r\n': [0, 400],
      [`GET http://evil.com/list HTTP/1.1\r\n${host}\r\n`]: [403],
      [`GET ftp://localhost/list HTTP/1.1\r\n${host}\r\n`]: [400],
      [`GET * HTTP/1.1\r\n${host}\r\n`]: [400],
      [`OPTIONS * HTTP/1.1\r\n${host}\r\n`]: [400],
      [`GET /list/%zz HTTP/1.1\r\n${host}\r\n`]: [400],
      [`GET /list/% HTTP/1.1\r\n${host}\r\n`]: [400],
      [`GET /list/%c0%af HTTP/1.1\r\n${host}\r\n`]: [400],
      [`GET /update?name=%ff HTTP/1.1\r\n${host}\r\n`]: [400],
      [`GET /l\xefst HTTP/1.1\r\n${host}\r\n`]: [400],
      [`GET /${'a'.repeat(5000)} HTTP/1.1\r\n${host}\r\n`]: [414],
      [`GET /list HTTP/1.1\r\n${host}X: ${'a'.repeat(20_000)}\r\n\r\n`]: [431],
      [`GET /list HTTP/1.1\r\n${host}X\r\n\r\n`]: [400],
      [`CONNECT evil.com:80 HTTP/1.1\r\n${host}\r\n`]: [405],
      [`POST /list HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`]: [405],
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03': [0, 400],
      '\0\0\0\0': [0, 400],
    };
    for (const [bytes, expected] of Object.entries(cases)) {
      const status = statusOf(await server.raw(bytes));
      assert.ok(expected.includes(status), `${JSON.stringify(bytes.slice(0, 60))}: ${status}`);
      await lives();
    }
  });

  it('never leads out of the image folder', async () => {
    const ways = [
      '..',
      '../../..',
      '../boxes-evil',
      '..%2fboxes-evil',
      '%2e%2e',
      '%252e%252e%252fboxes-evil',
      '..%5cboxes-evil',
      '%2Fetc',
      '/etc/passwd',
      'box%00',
      'linked-out',
      'boxes-evil',
      'box/../../boxes-evil',
      './box',
      '.',
    ];
    for (const way of ways) {
      for (const target of [
        `/update/${way}/evil-pi`,
        `/update/box/${way}`,
        `/update/${way}`,
        `/list/${way}`,
        `/${way}/canary`,
        `/update?name=${way}&board=pi`,
        `/update?name=${way}/evil&board=pi`,
        `/update?name=box&board=${way}`,
        `/update?name=box&board=pi&branch=${way}`,
        `/update?name=box&board=pi&version=${way}`,
      ]) {
        const answer = await server.raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
        assert.ok(!answer.includes(CANARY), target);
        if (!target.startsWith('/list'))
          assert.ok([0, 400, 404].includes(statusOf(answer)), `${target}: ${answer.slice(0, 90)}`);
      }
    }
    await lives();
  });

  it('is a regular file, where it lies: no link, no FIFO, no folder', async () => {
    for (const [image, problem] of Object.entries({
      'box-file': 'is a symbolic link',
      'box-fifo': 'is not a regular file',
      'box-folder': 'is not a regular file',
    })) {
      const { status, body } = await server.get(`/update/box/${image}`);
      assert.equal(status, 404);
      assert.ok(body.toString().includes(`${image}.img.zst ${problem}`), body.toString());
    }
    const { body } = await server.get('/list');
    assert.equal(body.toString(), 'box/box-pi\nlinked-in/box-pi\n');
  });

  it('is a whole head in time: who dawdles is closed, and nobody waits for him', { timeout: 30_000 }, async () => {
    const slow = server.raw('GET /list HTTP/1.1\r\nHost: loc');
    await lives();
    assert.ok([0, 408].includes(statusOf(await slow)));
    await lives();
  });
});
