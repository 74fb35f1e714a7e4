import { deepEqual, equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { makeBoxes, writeSet } from '../images/image-sets.ts';
import { Authority } from '../tools/authority.ts';
import { requireTools } from '../tools/tools.ts';
import { MOST_WAIT_MS, until } from '../until.ts';
import { Terminal } from './terminal.ts';

const run = promisify(execFile);

/** Sends SIGHUP and waits until the server said `count` lines about it. */
async function hangUp(server: RunningServer, count = 1): Promise<string[]> {
  const before = server.lines().length;
  const news = () =>
    server
      .lines()
      .slice(before)
      .filter((line) => line.includes(' SIGHUP: '))
      .map((line) => line.replace(/^.* SIGHUP: /, ''));
  process.kill(server.pid, 'SIGHUP');
  await until(() => news().length >= count, server.lines);
  return news();
}

async function statusOf({ url }: RunningServer, pair: string): Promise<number> {
  const response = await fetch(`${url}/list`, { headers: { authorization: `Basic ${btoa(pair)}` } });
  await response.bytes();
  return response.status;
}

/** Whose certificate is shown on a new connection. */
async function subjectOf({ url }: RunningServer, caPath: string): Promise<string | undefined> {
  const { openssl } = requireTools('openssl');
  const args = ['s_client', '-connect', url.replace('https://', ''), '-CAfile', caPath, '-verify_return_error'];
  const running = run(openssl, args, { timeout: MOST_WAIT_MS });
  running.child.stdin?.end();
  return / s:CN = (\S+)/.exec((await running).stdout)?.[1];
}

async function scratch(): Promise<{ at(name: string): string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-hangup-'));
  return {
    at: (name) => path.join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

suite('update-server, at SIGHUP,', () => {
  test('goes on, and says so, where there is nothing to read anew', async () => {
    await using boxes = await makeBoxes();
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { AUTH: 'board:secret' } });
    deepEqual(await hangUp(server), ['there is nothing to read anew: AUTH names no file, and TLS_CERT is not set']);
    equal(await statusOf(server, 'board:secret'), 200);
  });

  test('takes its users anew, and keeps the old ones where the file cannot be used', async () => {
    await using boxes = await makeBoxes();
    await using files = await scratch();
    const users = files.at('users');
    await writeFile(users, 'board:old\n', { mode: 0o600 });
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { AUTH: users } });
    equal(await statusOf(server, 'board:old'), 200);
    await writeFile(users, 'board:new\n');
    equal(await statusOf(server, 'board:new'), 401);
    deepEqual(await hangUp(server), [`read the users in ${users} anew`]);
    deepEqual([await statusOf(server, 'board:new'), await statusOf(server, 'board:old')], [200, 401]);
    await writeFile(users, 'no colon\n');
    deepEqual(await hangUp(server), [
      `AUTH: ${users}, line 1: there is no colon between a user and a password; what was in force stays so`,
    ]);
    await rm(users);
    deepEqual(await hangUp(server), [`AUTH: there is no file ${users}; what was in force stays so`]);
    equal(await statusOf(server, 'board:new'), 200);
  });

  test('does not wait for a FIFO in the place of its users', { timeout: 30_000 }, async () => {
    await using boxes = await makeBoxes();
    await using files = await scratch();
    const users = files.at('users');
    await writeFile(users, 'board:old\n', { mode: 0o600 });
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { AUTH: users } });
    await rm(users);
    await run('mkfifo', [users]);
    deepEqual(await hangUp(server), [`AUTH: ${users} is not a file; what was in force stays so`]);
    equal(await statusOf(server, 'board:old'), 200);
    await rm(users);
    await writeFile(users, 'board:new\n', { mode: 0o600 });
    deepEqual(await hangUp(server), [`read the users in ${users} anew`]);
  });

  test('shows its new certificate, while a download goes on under the old one', { timeout: 240_000 }, async () => {
    await using boxes = await makeBoxes();
    const { zst } = await writeSet(boxes.root, 'box', 'box-pi', { payload: Buffer.alloc(20_000_000, 'image') });
    await using authority = await Authority.create();
    await using files = await scratch();
    const [cert, key] = [files.at('cert.pem'), files.at('key.pem')];
    const install = async (name: string) => {
      const issued = await authority.issue(name);
      await copyFile(issued.certPath, cert);
      await copyFile(issued.keyPath, key);
      return issued;
    };
    await install('first');
    const env = { TLS_CERT: cert, TLS_KEY: key };
    await using server = await startUpdateServer({ imagePath: boxes.root, env });
    equal(await subjectOf(server, authority.caPath), 'first');
    const tar = files.at('update.tar');
    const url = `${server.url}/update/box/box-pi`;
    const args = ['-s', '--cacert', authority.caPath, '--limit-rate', '8M', '-o', tar, '-w', '%{size_download}', url];
    const download = run(requireTools('curl').curl, args);

    const second = await install('second');
    deepEqual(await hangUp(server), [`read the certificate in ${cert} anew`]);
    equal(await subjectOf(server, authority.caPath), 'second');

    await install('third');
    await copyFile(second.keyPath, key);
    deepEqual(await hangUp(server), [`TLS_KEY: ${key} is not the key of the certificate; what was in force stays so`]);
    equal(await subjectOf(server, authority.caPath), 'second');
    equal(Number((await download).stdout) > zst.length, true);
  });

  test('stops where its terminal is gone', { timeout: 240_000 }, async () => {
    await using boxes = await makeBoxes();
    await using files = await scratch();
    await using terminal = new Terminal({ IMAGE_PATH: boxes.root, STATE_PATH: files.at('boards.json') });
    await terminal.line(/ serving 0 images of /);
    terminal.order('hang up');
    await terminal.line(/^status 0$/);
  });

  test('goes on without its terminal where SIGHUP is to be ignored', { timeout: 240_000 }, async () => {
    await using boxes = await makeBoxes();
    const users = path.join(boxes.root, 'users');
    await writeFile(users, 'board:old\n', { mode: 0o600 });
    // A shell that controls jobs gives each a process group of its own, and hands on SIGHUP to all when it gets one.
    const script = `set -m; trap 'kill -HUP -$!; exit 9' HUP
      (trap '' HUP; exec "$0" "$1") & echo "pid $!"; while :; do wait; done`;
    await using terminal = new Terminal({ IMAGE_PATH: boxes.root, AUTH: users }, script);
    const [, pid] = await terminal.line(/^pid (\d+)$/);
    try {
      const [, url = ''] = await terminal.line(/ at (http:\S+)$/);
      terminal.order('hang up');
      await terminal.line(/^status 9$/);
      const statusOf = async (user: string) =>
        (await fetch(`${url}/list`, { headers: { authorization: `Basic ${btoa(user)}` } })).status;
      equal(await statusOf('board:old'), 200);
      await writeFile(users, 'board:new\n');
      process.kill(Number(pid), 'SIGHUP');
      await until(async () => (await statusOf('board:new')) === 200);
    } finally {
      process.kill(Number(pid), 'SIGKILL');
    }
  });
});
