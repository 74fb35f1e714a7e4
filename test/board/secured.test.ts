import { equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { Authority } from '../tools/authority.ts';
import { until } from '../until.ts';
import { createBoard } from './board.ts';
import { DEMO_IMAGES } from './demo-boxes.ts';
import { bootsOn, flashes, isUpToDate } from './expect-boot.ts';
import { serveDemo } from './serve-demo.ts';
import type { RunningServer } from './update-server.ts';

const { main } = DEMO_IMAGES;
const PASSWORD = 'p%C3%A4ss%20w%40rd'; // päss w@rd

suite('a board and an update server with a certificate and users', () => {
  let authority: Authority;
  let server: RunningServer;
  let caPath: string;

  before(async () => {
    authority = await Authority.create();
    caPath = authority.caPath;
    const { certPath, keyPath } = await authority.issue('update-server');
    const users = authority.at('users');
    await writeFile(users, 'bench:päss w@rd\n', { mode: 0o600 });
    server = await serveDemo(undefined, { TLS_CERT: certPath, TLS_KEY: keyPath, AUTH: users });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await authority[Symbol.asyncDispose]();
  });

  const urlOf = (userInfo: string) => server.url.replace('https://', `https://${userInfo}@`);
  const logged = async (line: RegExp) => {
    await until(() => server.lines().some((it) => line.test(it)), server.lines);
  };

  for (const shell of ['busybox', 'bash'] as const) {
    test(`under ${shell}, flashes its image byte for byte, asks again and is up to date`, async () => {
      await using board = await createBoard({ ...main, server: urlOf(`bench:${PASSWORD}`), caPath, shell });
      await flashes(board, main);
      await isUpToDate(board);
    });
  }

  test('boots on untouched without its password, or with a wrong one', async () => {
    await using without = await createBoard({ ...main, server: server.url, caPath });
    await bootsOn(without);
    await logged(/" 401 .* this needs a user and a password: /m);
    await using wrong = await createBoard({ ...main, server: urlOf('bench:pass'), caPath });
    await bootsOn(wrong);
    await logged(/" 401 .* the user or the password is wrong$/m);
  });

  test('boots on untouched where it does not know the authority, or asks by http', async () => {
    await using stranger = await createBoard({ ...main, server: urlOf(`bench:${PASSWORD}`) });
    await bootsOn(stranger);
    await logged(/ got no TLS connection: it does not know the authority of the certificate/);
    await using plain = await createBoard({ ...main, server: server.url.replace('https:', 'http:'), caPath });
    await bootsOn(plain);
    await logged(/ got no TLS connection: it speaks HTTP; /);
  });

  test('that takes its server for its query gets nothing, and no line shows its password', async () => {
    const updateTxt = { server_http: urlOf(`bench:${PASSWORD}`) };
    await using board = await createBoard({ ...main, server: server.url, caPath, updateTxt });
    await bootsOn(board);
    await logged(/GET \/update\?https:\/\/bench:\*\*\*@127\.0\.0\.1:\d+&build_id=0{64}"/);
    equal(server.lines().join('\n').includes(PASSWORD), false);
  });
});

test('a board outside the networks that may ask boots on untouched', async () => {
  await using server = await serveDemo(undefined, { ALLOW: '10.0.0.0/8' });
  await using board = await createBoard({ ...main, server: server.url });
  await bootsOn(board);
});
