import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { UserError } from '../../../src/errors.ts';
import { Credentials } from '../../../src/server/admission/credentials.ts';
import { requireTools } from '../../tools/tools.ts';
import { buildId, makeSet, startServer, type TestServer } from '../harness.ts';

const run = promisify(execFile);
const TARGET = '/update/box/box-pi';
const USERS = ['board:secret', 'board:next-secret', 'lab:with:colons', 'jürgen:pässwörd', 'q:a b&c'];

const basic = (pair: string | Buffer) => `Basic ${Buffer.from(pair).toString('base64')}`;
const guarded = (users = USERS, mode: 'all' | 'once' = 'all') =>
  startServer((boxes) => makeSet(boxes, 'box', 'box-pi'), {
    credentials: new Credentials(users),
    mode: { kind: mode },
  });
const ask = async (server: TestServer, authorization?: string, target = TARGET) =>
  await server.get(target, authorization === undefined ? {} : { authorization });

describe('users', () => {
  const known = new Credentials(USERS);
  for (const pair of USERS) {
    it(`prove themselves by their password: ${pair}`, () => assert.equal(known.check(basic(pair)), 'right'));
  }

  for (const pair of [
    'board:',
    'board:secre',
    'board:secrets',
    'Board:secret',
    'lab:with',
    'nobody:secret',
    ':secret',
  ]) {
    it(`are not known by ${pair}`, () => assert.equal(known.check(basic(pair)), 'wrong'));
  }

  it('may type accents either way', () => {
    assert.equal(known.check(basic('jürgen:pässwörd'.normalize('NFD'))), 'right');
    assert.equal(known.check(basic(Buffer.from('jürgen:pässwörd', 'latin1'))), 'wrong');
  });

  for (const [what, value] of Object.entries({
    'another scheme': `Bearer ${Buffer.from('board:secret').toString('base64')}`,
    'no base64': 'Basic board:secret',
    'no colon': basic('board'),
    'no credentials': 'Basic ',
    'two in one': `${basic('board:secret')}, ${basic('board:secret')}`,
    nothing: '',
  })) {
    it(`prove nothing by ${what}`, () => assert.equal(known.check(value), 'malformed'));
  }

  it('take any case of the scheme', () => {
    assert.equal(known.check(basic('board:secret').replace('Basic', 'BASIC')), 'right');
    assert.equal(known.check(undefined), 'absent');
  });

  it('are none when there are none', () => assert.equal(new Credentials([]).check(basic('a:b')), 'wrong'));

  for (const [pair, problem] of Object.entries({
    secret: 'there is no colon between a user and a password',
    ':secret': 'there is no user before the colon',
    'board:': 'there is no password after the colon',
    'board:se\tcret': 'it holds a control character',
    'board:se\ufffdcret': 'it is not UTF-8',
  })) {
    it(`are told what is wrong with ${JSON.stringify(pair)}, which is not repeated`, () =>
      assert.throws(() => new Credentials(['a:b', pair]), new UserError(problem)));
  }
});

describe('a server that asks for a password', () => {
  it('gives an image to who has one, and to nobody else', async () => {
    await using server = await guarded();
    assert.equal((await ask(server, basic('board:secret'))).status, 200);
    assert.equal((await ask(server, basic('board:next-secret'))).status, 200);
    for (const authorization of [undefined, '', basic('board:wrong'), 'Bearer x', 'Basic !']) {
      const { status, headers } = await ask(server, authorization);
      assert.deepEqual([status, headers['www-authenticate']], [401, 'Basic realm="mkbox", charset="UTF-8"']);
    }
  });

  it('says in words what is missing', async () => {
    await using server = await guarded();
    const text = async (authorization?: string) => (await ask(server, authorization)).body.toString();
    assert.match(
      await text(),
      /^this needs a user and a password: put <user>:<password>@ before the host in the update/,
    );
    assert.match(await text('Bearer x'), /^the Authorization header is malformed: it must be Basic/);
    assert.equal(await text(basic('board:wrong')), 'the user or the password is wrong\n');
  });

  it('takes no two headers, of which others might read the other one', async () => {
    await using server = await guarded();
    const header = `Authorization: ${basic('board:secret')}\r\n`;
    const head = `GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`;
    assert.match(await server.raw(`${head}${header}\r\n`), /^HTTP\/1\.1 200 /);
    assert.match(await server.raw(`${head}${header}${header}\r\n`), /^HTTP\/1\.1 401 /);
  });

  it('tells nothing without one: neither what there is nor that a board is up to date', async () => {
    await using server = await guarded();
    const upToDate = `${TARGET}/${buildId()}`;
    assert.equal((await ask(server, basic('board:secret'), upToDate)).status, 200);
    const answers = await Promise.all(
      [upToDate, TARGET, '/update/box/nothing', '/list', '/', '/nothing', '/metrics', '/status'].map(
        async (target) => (await ask(server, undefined, target)).status,
      ),
    );
    assert.deepEqual(new Set(answers), new Set([401]));
    assert.equal((await server.get(TARGET, {}, 'HEAD')).status, 401);
  });

  it('judges what is wrong with a request before it looks at who asks', async () => {
    await using server = await guarded();
    const status = async (headers: Record<string, string>, method = 'GET') =>
      (await server.get(TARGET, headers, method)).status;
    assert.equal(await status({ host: 'evil.com' }), 403);
    assert.equal(await status({}, 'POST'), 405);
    assert.equal(await status({ origin: 'http://evil.com' }), 401);
    assert.equal(await status({ origin: 'http://evil.com', authorization: basic('board:secret') }), 403);
  });

  it('is found alive, and asked who it is, without', async () => {
    const identity = { server: 'mkbox', version: '1' } as const;
    await using server = await startServer(async () => {}, { credentials: new Credentials(USERS), identity });
    assert.equal((await server.get('/identity')).status, 200);
    assert.equal((await server.get('/healthz')).status, 404); // no status pages here; but no 401
    for (const target of ['/identity/', '/healthz/x', '/identityx', '/%69dentity']) {
      assert.equal((await server.get(target)).status, 401, target);
    }
  });

  it('takes other users from one request to the next', async () => {
    await using server = await guarded(['board:old']);
    server.server.renewCredentials(new Credentials(['board:new']));
    assert.equal((await ask(server, basic('board:old'))).status, 401);
    assert.equal((await ask(server, basic('board:new'))).status, 200);
  });

  it('does not stop after who was turned away, where it serves one update', async () => {
    await using server = await guarded(USERS, 'once');
    const ended = server.ended();
    await ask(server, basic('board:wrong'));
    const { asked, completesUpdate, state } = await ended;
    assert.deepEqual(asked, { kind: 'update', box: 'box', image: 'box-pi' });
    assert.deepEqual(
      [completesUpdate, state],
      [false, { kind: 'refused', refusal: { kind: 'not proven', proof: 'wrong' } }],
    );
    assert.equal(server.server.isStopping, false);
    await ask(server, basic('board:secret'));
    assert.equal((await server.server.stopped)?.target, TARGET);
  });

  it('is asked by curl as boards ask: with user and password in the URL', async () => {
    await using server = await guarded();
    const { curl } = requireTools('curl');
    const get = async (userInfo: string) => {
      const url = `${server.url.replace('http://', `http://${userInfo}@`)}/list`;
      return (await run(curl, ['-s', '-w', '%{http_code}', url])).stdout;
    };
    for (const userInfo of ['board:secret', 'lab:with:colons', 'j%C3%BCrgen:p%C3%A4ssw%C3%B6rd', 'q:a%20b%26c']) {
      assert.equal(await get(userInfo), 'box/box-pi\n200', userInfo);
    }
    assert.equal(await get('board:wrong'), 'the user or the password is wrong\n401');
  });
});

describe('a password that a board puts into its request', () => {
  it('is shown to nobody: it took the URL of its server for its query', async () => {
    await using server = await guarded();
    const ended = server.ended();
    const target = `/update?http://board:se%20cret@127.0.0.1:8080&build_id=${buildId(9)}`;
    await ask(server, basic('board:secret'), target);
    assert.equal((await ended).target, `/update?http://board:***@127.0.0.1:8080&build_id=${buildId(9)}`);
  });

  for (const target of ['/update?name=a@b&board=c', '/list/http://board@host', '/update/box/a:b@c']) {
    it(`is not thought to be in ${target}`, async () => {
      await using server = await guarded();
      const ended = server.ended();
      await ask(server, basic('board:secret'), target);
      assert.equal((await ended).target, target);
    });
  }
});
