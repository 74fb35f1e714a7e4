import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { requireTools } from '../../tools/tools.ts';
import { MOST_WAIT_MS } from '../../until.ts';
import { makeSet, startServer, type TestServer } from '../harness.ts';

const HOST = 'Host: localhost\r\n';
const CLOSE = 'Connection: close\r\n';

describe('a connection that brings no proper request', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 10));
  });
  after(() => server[Symbol.asyncDispose]());

  /** The statuses of all answers on a connection. */
  const statuses = async (bytes: string) =>
    [...(await server.raw(bytes)).matchAll(/HTTP\/1\.1 (\d+) [\w ]+\r\n/g)].map(([, status]) => Number(status));
  const lives = async () => assert.equal((await server.get('/list')).body.toString(), 'box/box-pi\n');

  const refused: Record<string, [bytes: string, status: number]> = {
    'speaks HTTP/0.9': ['GET /list\r\n\r\n', 400],
    'speaks HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    'speaks TLS': ['\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03', 400],
    'has two Hosts in HTTP/1.0': [`GET /list HTTP/1.0\r\n${HOST}${HOST}\r\n`, 400],
    'has a method unknown to HTTP': [`BREW /list HTTP/1.1\r\n${HOST}\r\n`, 400],
    'has a space in its target': [`GET /list x HTTP/1.1\r\n${HOST}\r\n`, 400],
    'has a fragment only': [`GET #x HTTP/1.1\r\n${HOST}\r\n`, 400],
    'has a space before a colon': [`GET /list HTTP/1.1\r\nHost : localhost\r\n\r\n`, 400],
    'has a NUL in a header': [`GET /list HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, 400],
    'has two lengths': [`GET /list HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    'has a negative length': [`GET /list HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`, 400],
    'has many headers': [`GET /list HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(5_000)}\r\n`, 431],
    'has long headers': [`GET /list HTTP/1.1\r\n${HOST}X: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    'has an absolute target of no host': [`GET http:///list HTTP/1.1\r\n${HOST}\r\n`, 400],
    'has a target of more than 4 KiB': [`GET /list?${'a'.repeat(4_096)} HTTP/1.1\r\n${HOST}\r\n`, 414],
    'wants a tunnel': [`CONNECT localhost:80 HTTP/1.1\r\n${HOST}\r\n`, 405],
    'wants its own request back': [`TRACE /list HTTP/1.1\r\n${HOST}\r\n`, 405],
    'brings a body of chunks': [
      `PUT /list HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
      405,
    ],
    'has a backslash in its path': [`GET /list/a\\b HTTP/1.1\r\n${HOST}\r\n`, 400],
    'expects what is not known': [`GET /list HTTP/1.1\r\n${HOST}Expect: foo\r\n\r\n`, 417],
    'brings a broken escape': [`GET /update?name=%e4 HTTP/1.1\r\n${HOST}\r\n`, 400],
  };
  for (const [what, [bytes, status]] of Object.entries(refused)) {
    it(`gets ${status} and is closed when it ${what}`, async () => {
      assert.deepEqual(await statuses(bytes), [status]);
      await lives();
    });
  }

  it('is told what was wrong, in text of its own', async () => {
    const bodyOf = async (bytes: string) => (await server.raw(bytes)).split('\r\n\r\n')[1];
    for (const [bytes, body] of [
      [`GET /list/a\\b HTTP/1.1\r\n${HOST}\r\n`, 'a backslash in the path must be percent-encoded, as %5C\n'],
      [
        `GET /list HTTP/1.1\r\n${HOST}Expect: foo\r\n\r\n`,
        'the request expects (Expect) something other than 100-continue\n',
      ],
    ] as const) {
      assert.equal(await bodyOf(bytes), body);
    }
  });

  it('gets no answer to what it put behind a request that was turned away', async () => {
    const next = `GET /list HTTP/1.1\r\n${HOST}${CLOSE}\r\n`;
    assert.deepEqual(await statuses(`POST /list HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n${next}`), [405]);
    assert.deepEqual(await statuses(`GET *x HTTP/1.1\r\n${HOST}\r\n${next}`), [400]);
    assert.deepEqual(
      await statuses(
        `POST /list HTTP/1.1\r\n${HOST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${next}`,
      ),
      [400],
    );
  });

  it('gets no answer out of order to requests sent at once: theirs, up to where it is closed', async () => {
    const targets = ['/list', '/update/box/box-pi', '/nothing', '/update/box/nothing', '/list'];
    const requests = targets.map((target, at) => {
      const last = at === targets.length - 1 ? CLOSE : '';
      return `GET ${target} HTTP/1.1\r\n${HOST}${last}\r\n`;
    });
    const answers = await statuses(requests.join(''));
    assert.deepEqual(answers, [200, 200, 404, 404, 200].slice(0, answers.length));
    await lives();
  });

  it('may ask to upgrade, or bring a body to GET, and gets a plain answer', async () => {
    assert.deepEqual(
      await statuses(`GET /list HTTP/1.1\r\n${HOST}Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`),
      [200],
    );
    assert.deepEqual(await statuses(`GET /list HTTP/1.1\r\n${HOST}${CLOSE}Content-Length: 2\r\n\r\nab`), [200]);
  });

  it('gets none of what it did wrong into an image that it is being sent', async () => {
    await using slow = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 20_000_000), { rateLimit: 2e6 });
    const socket = await slow.connect();
    socket.on('error', () => {});
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(`GET /update/box/box-pi HTTP/1.1\r\n${HOST}\r\n`);
    await once(socket, 'data');
    socket.write('\0garbage\r\n\r\n');
    await once(socket, 'close');
    const answer = Buffer.concat(chunks).toString('latin1');
    assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200']);
  });

  it('gets 4xx, or is closed, whatever garbage it brings', { timeout: MOST_WAIT_MS }, async () => {
    const garbage = fc
      .uint8Array({ minLength: 1, maxLength: 200 })
      .map((bytes) => Buffer.from(bytes).toString('latin1'));
    await fc.assert(
      fc.asyncProperty(garbage, async (bytes) => {
        for (const status of await statuses(`\0${bytes}\r\n\r\n`)) assert.ok(status >= 400 && status < 500);
        for (const status of await statuses(`GET /${bytes} HTTP/1.1\r\n${HOST}${CLOSE}\r\n`)) {
          assert.ok(status >= 400 && status < 500);
        }
      }),
      { numRuns: 60 },
    );
    await lives();
  });
});

describe('what a client sends that is no request', () => {
  let server: TestServer;
  let told: string[];
  before(async () => {
    server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 20_000_000), {
      rateLimit: 5e6,
      onHandshakeFailed: (text) => told.push(`handshake: ${text}`),
      onMalformed: (text) => told.push(`malformed: ${text}`),
    });
  });
  after(() => server[Symbol.asyncDispose]());

  /** What is told while `act` runs, and shortly after. */
  const toldOf = async (act: () => Promise<unknown>) => {
    told = [];
    await act();
    await pause(50);
    return told;
  };

  it('is told of once, where it speaks TLS and the server does not', async () => {
    const { curl, openssl } = requireTools('curl', 'openssl');
    const at = new URL(server.url).host;
    const text = 'this server speaks HTTP; the URL of the update server must begin with http://';
    const expected = [`handshake: 127.0.0.1 got no TLS connection: ${text}`];
    const run = (program: string, ...args: string[]) => assert.rejects(promisify(execFile)(program, args));
    assert.deepEqual(await toldOf(() => run(curl, '-s', `https://${at}/update`)), expected);
    assert.deepEqual(await toldOf(() => run(openssl, 's_client', '-connect', at)), expected);
  });

  it('is told of once, by what is wrong with it', async () => {
    const cases: [bytes: string, text: string][] = [
      ['SSH-2.0-OpenSSH_9.2\r\n', 'sent what is not HTTP (HPE_INVALID_METHOD)'],
      [`GET /list HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`, 'sent what is not HTTP (HPE_INVALID_CONTENT_LENGTH)'],
      [`GET /list HTTP/1.1\r\n${HOST}X: ${'y'.repeat(20_000)}\r\n\r\n`, 'sent more than 16 KiB of headers'],
    ];
    for (const [bytes, text] of cases) {
      assert.deepEqual(await toldOf(() => server.raw(bytes)), [`malformed: 127.0.0.1 ${text}`]);
    }
    const cut = async () => {
      const socket = await server.connect();
      socket.end('GET /list HT');
      await once(socket.resume(), 'close');
    };
    assert.deepEqual(await toldOf(cut), ['malformed: 127.0.0.1 ended in the middle of a request']);
  });

  it('is told of, and answered with what is wrong, where a name has letters beyond ASCII', async () => {
    const { curl, busybox } = requireTools('curl', 'busybox');
    const fault = 'the request has letters beyond ASCII: percent-encode them, or give the box a plain name';
    const target = '/update?name=prüf-box&board=pi';
    const expected = [`malformed: 127.0.0.1 "GET ${target} HTTP/1.1": ${fault}`];
    let answer = '';
    const asked = async (program: string, ...args: string[]) => {
      answer = (await promisify(execFile)(program, args).catch(({ stdout }) => ({ stdout }))).stdout;
    };
    assert.deepEqual(await toldOf(() => asked(curl, '-s', `${server.url}${target}`)), expected);
    assert.equal(answer, `${fault}\n`);
    assert.deepEqual(await toldOf(() => asked(busybox, 'wget', '-qO-', `${server.url}${target}`)), expected);
    assert.deepEqual(await toldOf(() => asked(curl, '-s', `${server.url}${encodeURI(target)}`)), []);
    const raw = Buffer.from(target).toString('latin1');
    const onKept = `GET /list HTTP/1.1\r\n${HOST}\r\n`;
    const afterOther = async () => {
      const socket = await server.connect();
      socket.write(onKept);
      await once(socket, 'data');
      socket.write(Buffer.from(`GET ${raw} HTTP/1.1\r\n\r\n`, 'latin1'));
      await once(socket.resume(), 'close');
    };
    assert.deepEqual(await toldOf(afterOther), expected);
    const secret = '/update?http://u:secret@h/&name=\xfc\x1b[31m';
    const [line = ''] = await toldOf(() => server.raw(`GET ${secret}${'x'.repeat(1_000)} HTTP/1.1\r\n${HOST}\r\n`));
    assert.match(
      line,
      /^malformed: 127\.0\.0\.1 "GET \/update\?http:\/\/u:\*\*\*@h\/&name=\ufffd\\u\{1b\}\[31mx+": the request/,
    );
    assert.ok(line.length < 500);
  });

  it('is told of once, where it comes while an answer is sent, or again and again', async () => {
    const insisting = async (bytes: string) => {
      const socket = await server.connect();
      socket.on('error', () => {});
      socket.write(bytes);
      await once(socket, 'data');
      for (let times = 0; times < 5; times++) {
        socket.write('\0\0\0');
        await pause(10);
      }
      socket.destroy();
    };
    const text = 'malformed: 127.0.0.1 sent what is not HTTP (HPE_INVALID_METHOD)';
    assert.deepEqual(await toldOf(() => insisting('\0')), [text]);
    assert.deepEqual(await toldOf(() => insisting(`GET /update/box/box-pi HTTP/1.1\r\n${HOST}\r\n`)), [text]);
  });

  it('is not told of, where it is nothing, or a request', async () => {
    assert.deepEqual(await toldOf(async () => (await server.connect()).destroy()), []);
    assert.deepEqual(await toldOf(async () => (await server.connect()).end()), []);
    assert.deepEqual(await toldOf(() => server.get('/list')), []);
    assert.deepEqual(await toldOf(() => server.raw(`GET *x HTTP/1.1\r\n${HOST}\r\n`)), []);
  });
});
