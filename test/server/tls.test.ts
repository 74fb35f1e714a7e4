import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { Credentials } from '../../src/server/admission/credentials.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import { HANDSHAKE_TIMEOUT_MS } from '../../src/server/limits.ts';
import type { UpdateServerOptions } from '../../src/server/server-options.ts';
import { TlsPair } from '../../src/server/socket/tls-pair.ts';
import { Authority } from '../tools/authority.ts';
import { requireTools } from '../tools/tools.ts';
import { MOST_WAIT_MS } from '../until.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const run = promisify(execFile);
const TARGET = '/update/box/box-pi';
const BIG = '/update/box/box-c4';
const BIG_BYTES = 20_000_000;

let authority: Authority;
let pair: TlsPair;
let ca: string;
before(async () => {
  authority = await Authority.create();
  pair = await authority.pair('first');
  ca = await readFile(authority.caPath, 'utf8');
});
after(() => authority[Symbol.asyncDispose]());

const images = async (boxes: string) => {
  await makeSet(boxes, 'box', 'box-pi', 200_000);
  await makeSet(boxes, 'box', 'box-c4', BIG_BYTES);
};
const start = (options: Partial<UpdateServerOptions> = {}) => startServer(images, { tls: pair, ...options });
const portOf = ({ server }: TestServer) => server.address.port;

/** A client whose hand was shaken. It has read nothing yet. */
async function shaken(server: TestServer, under?: Socket): Promise<TLSSocket> {
  const socket = connect({ socket: under ?? (await server.connect()), host: '127.0.0.1', ca });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

/** A client that asked for the image and reads nothing yet. */
async function stalled(server: TestServer, target = BIG, under?: Socket): Promise<TLSSocket> {
  const socket = await shaken(server, under);
  const answering = once(server.server.events, 'answering');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await answering;
  return socket;
}

/** What openssl says of a connection; it trusts the authority only. */
async function shakeHands(server: TestServer, ...args: string[]): Promise<string> {
  const { openssl } = requireTools('openssl');
  const to = ['s_client', '-connect', `127.0.0.1:${portOf(server)}`, '-CAfile', authority.caPath];
  const running = run(openssl, [...to, '-verify_return_error', ...args], { timeout: MOST_WAIT_MS });
  running.child.stdin?.end();
  return await running.then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => `FAILED ${error.stdout}${error.stderr}`,
  );
}

/** What curl got, and its exit status. */
async function curl(server: TestServer, target: string, ...args: string[]): Promise<{ exit: number; body: Buffer }> {
  const { curl: program } = requireTools('curl');
  const url = target.includes('://') ? target : `https://127.0.0.1:${portOf(server)}${target}`;
  const child = spawn(program, ['-s', '-m', '60', ...args, url], { stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [exit] = (await once(child, 'close')) as [number];
  return { exit, body: Buffer.concat(chunks) };
}

describe('a server that speaks HTTPS', () => {
  it('speaks TLS 1.3 and 1.2, and nothing older', async () => {
    await using server = await start();
    assert.equal(server.server.scheme, 'https');
    const newest = await shakeHands(server);
    assert.match(newest, /New, TLSv1\.3, Cipher is TLS_/);
    assert.match(newest, /Verify return code: 0 \(ok\)/);
    assert.match(await shakeHands(server, '-tls1_2'), /New, TLSv1\.2, Cipher is ECDHE-ECDSA-/);
    assert.match(
      await shakeHands(server, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'),
      /^FAILED .*alert protocol version/s,
    );
    assert.match(await shakeHands(server, '-tls1_2', '-cipher', 'NULL:aNULL:RC4:3DES:@SECLEVEL=0'), /^FAILED /);
  });

  it('shows the certificates between its own and the root', async () => {
    await using server = await start({ tls: await authority.pair('chained', { isChained: true }) });
    const seen = await shakeHands(server);
    assert.match(seen, /0 s:CN = chained\n +i:CN = Test Between\n/);
    assert.match(seen, /1 s:CN = Test Between\n +i:CN = Test Root\n/);
    assert.match(seen, /Verify return code: 0 \(ok\)/);
  });

  it('gives curl every byte of an image, by HTTP/1.1', async () => {
    await using plain = await startServer(images);
    await using server = await start();
    const { exit, body } = await curl(server, BIG, '--cacert', authority.caPath);
    assert.equal(exit, 0);
    const { length } = (await plain.get(BIG)).body;
    assert.equal(body.length, length);
    const zst = await readFile(path.join(server.boxes, 'box', 'box-c4.img.zst'));
    assert.ok(body.subarray(512, 512 + zst.length).equals(zst));
    assert.match(await shakeHands(server, '-alpn', 'h2,http/1.1'), /ALPN protocol: http\/1\.1/);
  });

  it('asks for networks and passwords as without', async () => {
    const credentials = new Credentials(['board:secret']);
    await using server = await start({ credentials, allow: new Networks(['127.0.0.1']) });
    const status = async (userInfo: string, from: string) => {
      const url = `https://${userInfo}127.0.0.1:${portOf(server)}${TARGET}`;
      const args = ['--cacert', authority.caPath, '--interface', from, '-o', '/dev/null', '-w', '%{http_code}'];
      return (await curl(server, url, ...args)).body.toString();
    };
    assert.equal(await status('board:secret@', '127.0.0.1'), '200');
    assert.equal(await status('', '127.0.0.1'), '401');
    assert.equal(await status('board:secret@', '127.0.0.2'), '403');
  });

  it('says why a client got no connection', async () => {
    const failures: string[] = [];
    await using server = await start({ onHandshakeFailed: (text) => failures.push(text) });
    assert.equal((await curl(server, TARGET)).exit, 60);
    assert.notEqual((await curl(server, `http://127.0.0.1:${portOf(server)}/list`)).exit, 0);
    await shakeHands(server, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
    (await server.connect()).destroy(); // a probe of the port: nothing to tell
    assert.equal((await curl(server, '/list', '--cacert', authority.caPath)).exit, 0);
    assert.deepEqual(
      failures.map((text) => text.replace(/^(127\.0\.0\.1|a client) got no TLS connection: /, '')),
      [
        'it does not know the authority of the certificate; give the board its CA',
        'it speaks HTTP; the URL of the update server must begin with https://',
        'it speaks no TLS from 1.2 on',
      ],
    );
  });

  it('closes who does not shake hands, and serves others meanwhile', { timeout: 40_000 }, async () => {
    await using server = await start();
    const silent = await server.connect();
    silent.on('error', () => {});
    silent.write(Buffer.from('160301', 'hex'));
    const begun = performance.now();
    const closed = once(silent.resume(), 'close');
    assert.equal((await curl(server, '/list', '--cacert', authority.caPath)).exit, 0);
    await closed;
    assert.ok(performance.now() - begun < 2 * HANDSHAKE_TIMEOUT_MS);
  });
});

describe('over TLS, a transfer', () => {
  it('is whole for a client that closes its half when it has asked', async () => {
    await using server = await start();
    const ended = server.ended();
    const options = { port: portOf(server), host: '127.0.0.1', ca, allowHalfOpen: true };
    const socket = connect(options).on('error', () => {});
    await once(socket, 'secureConnect');
    socket.end(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    assert.ok(Buffer.concat(await socket.toArray()).length > 200_000);
    assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
  });

  it('that breaks off is seen by curl, and by who watches', async () => {
    await using server = await start();
    const answering = once(server.server.events, 'answering');
    const ended = server.ended();
    const got = curl(server, BIG, '--cacert', authority.caPath, '--limit-rate', '5M');
    await answering;
    await using file = await open(path.join(server.boxes, 'box', 'box-c4.img.zst'), 'r+');
    await file.write(Buffer.alloc(1000), 0, 1000, BIG_BYTES - 1000);
    const { exit } = await got;
    assert.ok([18, 56].includes(exit), `curl exits with ${exit}`);
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'image changed' });
  });

  it('ends a one-shot when the client has everything', async () => {
    await using server = await start({ mode: { kind: 'once' } });
    assert.equal((await curl(server, TARGET, '--cacert', authority.caPath)).exit, 0);
    assert.equal((await server.server.stopped)?.target, TARGET);
  });

  it('ends no one-shot when the client left after 1 kB of a small image', async () => {
    await using server = await start({ mode: { kind: 'once' } });
    const ended = server.ended();
    const line = await server.connect();
    const socket = await stalled(server, TARGET, line);
    await once(socket, 'readable');
    socket.read(1000);
    line.resetAndDestroy();
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
    assert.equal(await Promise.race([server.server.stopped.then(() => true), delay(300, false)]), false);
  });

  it('waits for a client that is slow to read', async () => {
    await using server = await start();
    const ended = server.ended();
    const { exit, body } = await curl(server, BIG, '--cacert', authority.caPath, '--limit-rate', '10M');
    assert.equal(exit, 0);
    assert.ok(body.length > BIG_BYTES);
    assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
  });
});

describe('over TLS, a server that is stopped', () => {
  it('finishes what runs, and is held up by nobody else', { timeout: 30_000 }, async () => {
    await using server = await start();
    const half = await server.connect();
    half.on('error', () => {}).write(Buffer.from('160301', 'hex'));
    const idle = await shaken(server);
    const socket = await stalled(server);
    const closed = Promise.all([once(half.resume(), 'close'), once(idle.resume(), 'close')]);
    const stopped = server.server.stop();
    await closed;
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await Promise.all([once(socket, 'close'), stopped]);
    assert.ok(bytes > BIG_BYTES);
    assert.equal(server.events.at(-1), `finished ${BIG}`);
  });

  it('closes a connection that was kept alive after an answer', { timeout: 30_000 }, async () => {
    await using server = await start();
    const socket = await stalled(server, '/list');
    await once(socket, 'data');
    const closed = once(socket.resume(), 'close');
    await Promise.all([server.server.stop(), closed]);
  });

  it('answers who shakes hands only now, where another process takes over', { timeout: 30_000 }, async () => {
    await using server = await start();
    const [under, shook] = [await server.connect(), await shaken(server)];
    await shaken(server); // what came before was accepted, and is known to be
    const stopped = server.server.handOver();
    await delay(100);
    for (const socket of [shook, await shaken(server, under)]) {
      socket.write(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk);
      assert.ok(Buffer.concat(chunks).length > 200_000);
    }
    await stopped;
  });

  it('cuts at the deadline who takes nothing', { timeout: 30_000 }, async () => {
    await using server = await start();
    const socket = await stalled(server);
    await server.server.stop(200);
    assert.equal(server.events.at(-1), `broken ${BIG}`);
    socket.destroy();
  });
});

describe('a certificate that is renewed', () => {
  it('is shown on new connections, while a running download goes on', async () => {
    await using server = await start();
    const socket = await stalled(server);
    assert.equal(socket.getPeerCertificate().subject.CN, 'first');
    server.server.renewTls(await authority.pair('second'));
    assert.match(await shakeHands(server), /0 s:CN = second\n/);
    assert.match(await shakeHands(server, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'), /^FAILED /);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await server.ended();
    assert.ok(bytes > BIG_BYTES);
    socket.destroy();
  });
});

describe('a certificate and its key', () => {
  const read = async (name: string) => await readFile(authority.at(name), 'utf8');

  it('are refused with what is wrong with which of them', async () => {
    await authority.issue('one');
    const other = await authority.issue('other');
    const cert = await readFile(other.certPath, 'utf8');
    const key = await readFile(other.keyPath, 'utf8');
    const { openssl } = requireTools('openssl');
    const { stdout: encrypted } = await run(openssl, ['ec', '-in', other.keyPath, '-aes256', '-passout', 'pass:x']);
    const cases: [cert: string, key: string, part: string, message: RegExp][] = [
      ['', key, 'certificate', /^holds no certificate in PEM/],
      [key, key, 'certificate', /^holds no certificate in PEM/],
      [cert.replace(/\n.{20}/, '\nAAAA'), key, 'certificate', /^holds a damaged certificate$/],
      [`${cert}${cert.replace(/\n.{20}/, '\nAAAA')}`, key, 'certificate', /^is not taken by OpenSSL: /],
      [cert, '', 'key', /^holds no private key in PEM/],
      [cert, cert, 'key', /^holds no private key in PEM/],
      [cert, encrypted, 'key', /^is encrypted; store it without a passphrase/],
      [cert, await read('root.key'), 'key', /^is not the key of the certificate$/],
    ];
    for (const [certText, keyText, part, message] of cases) {
      assert.throws(() => new TlsPair(certText, keyText), { part, message });
    }
    assert.equal(new TlsPair(cert, key).warning(Date.now()), undefined);
  });

  it('are taken when they are expired or not valid yet, with a warning', async () => {
    const expired = await authority.pair('expired', { days: -1 });
    assert.match(expired.warning(Date.now()) ?? '', /^expired on \d{4}-\d\d-\d\d: boards will not trust it$/);
    assert.match(pair.warning(0) ?? '', /^is not valid before \d{4}-\d\d-\d\d: boards will not trust it yet$/);
  });
});
