import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { COMMAND } from '../board/command.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { runCommand, runOnFullDisk, startCommand } from './run-command.ts';

/** A server that has A and keeps B, whose state has a place, with `more` in its environment; and how it is asked and controlled. */
async function controlled(more: Readonly<Record<string, string>> = {}) {
  const bench = await makeBench();
  const former = await bench.build(BUILD_B);
  const kept = await bench.open();
  assert.equal(await kept.keep(former), 'kept');
  await bench.build(BUILD_A);
  const env = { STATE_PATH: bench.boxes.beside('boards.json'), KEEP_PATH: bench.folder, ...more };
  const server = await startUpdateServer({ imagePath: bench.boxes.root, env });
  const update = async (running: string) => {
    const response = await fetch(`${server.url}/update?name=box&board=pi&branch=&version=&build_id=${running}`);
    return (await response.text()).includes('box-pi.img.zst') ? 'an image' : 'up to date';
  };
  const control = async (...args: string[]) => {
    const { status, stdout, stderr } = await runCommand(args, env);
    assert.deepEqual([status, stderr], [0, ''], args.join(' '));
    return stdout;
  };
  return {
    bench,
    env,
    server,
    update,
    control,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}

describe('a server without a screen', () => {
  it('is followed in what is decided, until Ctrl+C', async () => {
    await using site = await controlled();
    const { control, update, env } = site;
    await update(BUILD_B);
    const following = startCommand(['log', '--follow'], env);
    await control('hold', '127.0.0.1', '--why', 'the display');
    const [line] = await once(createInterface(following.stdout), 'line');
    assert.match(String(line), /: hold 127\.0\.0\.1 \(the display\)$/);
    following.kill('SIGINT');
    assert.deepEqual(await once(following, 'exit'), [0, null]);
  });

  it('is not followed any more when nobody reads that', { timeout: 240_000 }, async () => {
    await using site = await controlled();
    const { control, update, env } = site;
    await update(BUILD_B);
    await control('hold', '127.0.0.1');
    const line = '{ "$0" "$1" log --follow; echo "ended with $?" >&2; } | head -n 1';
    const piped = spawn('sh', ['-c', line, process.execPath, COMMAND], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(piped, 'exit').then(() => true);
    const [[read], said] = await Promise.all([once(piped.stdout, 'data'), text(piped.stderr), decideUntil(ended)]);
    assert.match(String(read), /: hold 127\.0\.0\.1\n$/);
    assert.equal(said, 'ended with 0\n');

    async function decideUntil(ended: Promise<boolean>): Promise<void> {
      for (let at = 0; !(await Promise.race([ended, false])); at++) await control('rename', '127.0.0.1', `bench ${at}`);
    }
  });

  it('says that what is decided can not be written down', { skip: process.platform !== 'linux' }, async () => {
    await using site = await controlled();
    await site.update(BUILD_B);
    await site.control('hold', '127.0.0.1');
    const { status, stderr } = await runOnFullDisk(['log', '--follow'], site.env);
    assert.deepEqual([status, stderr], [1, "update-server: can't write to standard output (ENOSPC)\n"]);
  });

  it('is told what boards get, and tells who said so', async () => {
    await using site = await controlled();
    const { control, update, server, bench, env } = site;
    assert.equal(await update(BUILD_B), 'an image');
    assert.match(await control('boards'), /^BOARD +ADDRESS +STATE.*\n.* 127\.0\.0\.1 +\S.* bbbbbbb +box\/box-pi /);

    assert.match(await control('rename', '127.0.0.1', 'bench 1'), /^127\.0\.0\.1 is bench 1 now\n$/);
    await control('hold', 'bench 1', '--why', 'the display');
    assert.equal(await update(BUILD_B), 'up to date');
    assert.match(await control('boards'), /the display/);
    await control('release', 'bench 1');
    assert.equal(await update(BUILD_B), 'an image');

    assert.match(await control('fault', 'bench 1', '503'), /^fault on purpose for bench 1: answer 503\n$/);
    assert.equal((await fetch(`${server.url}/update?name=box&board=pi&build_id=${BUILD_B}`)).status, 503);
    assert.equal(await control('fault', 'off'), 'the fault on purpose is off\n');
    assert.equal(await update(BUILD_B), 'an image');

    await control('tag', 'bench 1', 'lab');
    await control('pin', 'tag:lab', BUILD_B.slice(0, 6));
    assert.equal(await update(BUILD_B), 'up to date');
    await control('unpin', 'bench 1');

    const builds = async () => {
      const list = JSON.parse(await control('builds', '--json')) as { buildId: string; is: string }[];
      return list.map(({ buildId, is }) => [buildId, is]);
    };
    const [newest, earlier] = [BUILD_A, BUILD_B];
    assert.deepEqual(await builds(), [
      [newest, 'served'],
      [earlier, 'kept'],
    ]);
    await control('serve-build', 'box-pi', BUILD_B.slice(0, 6), '--why', 'no network');
    assert.equal(await update(BUILD_B), 'up to date');
    assert.deepEqual(await builds(), [
      [earlier, 'served'],
      [newest, 'newest'],
    ]);
    assert.match(await control('images'), /^IMAGE .*\nbox\/box-pi .*bbbbbbb.*in place of the newest/);
    await control('serve-build', 'box-pi', 'newest');
    assert.equal(await update(BUILD_B), 'an image');

    await control('hold', 'bench 1');
    const onHold = await runCommand(['serve-once', 'bench 1'], env);
    assert.deepEqual([onHold.status, onHold.stderr], [1, 'update-server: bench 1 is on hold: release it first\n']);
    await control('release', 'bench 1');
    await control('serve-build', 'box-pi', BUILD_B.slice(0, 6));
    assert.equal(await control('serve-once', 'bench 1', 'box-pi'), 'bench 1 gets box/box-pi once, when it asks next\n');
    assert.match(await control('boards'), /gets box-pi: served once by /);
    assert.equal(await update(BUILD_A), 'an image'); // the build that is served in place of the newest
    assert.equal(await update(BUILD_A), 'an image'); // as is everyone
    await control('serve-build', 'box-pi', 'newest');

    await control('forget', 'bench 1'); // it did not take a build that it got: that would halt the roll-out
    await control('rollout', 'box-pi', 'start', '--stages', '1,all', '--why', 'a new kernel');
    await control('rollout', 'box-pi', 'continue', '--why', 'bench 3 had a bad card');
    assert.equal(await update(BUILD_B), 'an image');
    assert.match(await control('rollout'), /^IMAGE .*\nbox\/box-pi +aaaaaaa +0 of 1 +stage 1 of 2, 1 board/);
    assert.match(await control('rollout', 'box-pi', 'back'), /^boards get build bbbbbbb of box\/box-pi until/);
    assert.equal(await update(BUILD_B), 'up to date');
    assert.match(await control('rollout'), /halted by /);

    const log = await control('log');
    assert.match(log, /: hold bench 1 \(the display\)\n/);
    assert.match(log, /: serve once bench 1 box\/box-pi\n/);
    assert.match(log, /: fault bench 1 503\n/);
    assert.match(log, /: roll-out start .*\(a new kernel\)\n.*: roll-out continue .*\(bench 3 had a bad card\)\n/);
    assert.equal(log.split('\n').length - 1, 20);

    const refused = await runCommand(['hold', 'nobody'], env);
    assert.deepEqual([refused.status, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^update-server: no board goes by "nobody": update-server boards lists them\n$/);

    const socket = bench.boxes.beside('control.sock');
    assert.equal((await stat(socket)).mode & 0o777, 0o660);
    assert.deepEqual(await server.stop(), { status: 0, signal: null });
    await assert.rejects(stat(socket), { code: 'ENOENT' });
    const late = await runCommand(['boards'], env);
    assert.deepEqual(
      [late.status, late.stderr],
      [1, `update-server: no update-server listens at ${socket}: set CONTROL_PATH as it is for the server\n`],
    );
  });

  it('sends a build out in its own stages, where the one who begins that names none', async () => {
    await using site = await controlled({ ROLLOUT: '2,3,4,all', ROLLOUT_WAIT: '2h' });
    await site.control('rollout', 'box-pi', 'start');
    assert.match(await site.control('rollout'), / stage 1 of 4, /);
    await site.control('rollout', 'box-pi', 'start', '--stages', '1,all');
    assert.match(await site.control('rollout'), / stage 1 of 2, /);
  });

  it('takes no beginning that two builds have, and names both', async () => {
    await using site = await controlled();
    const { bench, env, update } = site;
    const other = `bb${'c'.repeat(62)}`;
    const kept = await bench.open();
    assert.equal(await kept.keep(await bench.build(other)), 'kept');
    await bench.build(BUILD_A);
    assert.equal(await update(BUILD_B), 'an image');
    for (const order of [
      ['serve-build', 'box-pi', 'bb'],
      ['pin', '127.0.0.1', 'bb'],
    ]) {
      const { status, stdout, stderr } = await runCommand(order, env);
      assert.deepEqual([status, stdout], [1, ''], order.join(' '));
      assert.match(stderr, /^update-server: "bb" may mean .*: say more of it\n$/);
      for (const build of [BUILD_B, other]) assert.ok(stderr.includes(build), stderr);
    }
    assert.equal(await update(BUILD_B), 'an image');
    await site.control('serve-build', 'box-pi', 'bbb');
    assert.equal(await update(BUILD_B), 'up to date');
  });

  it('says that an order is not saved yet where the disk refuses, and keeps it once that takes it', async () => {
    await using bench = await makeBench();
    await bench.build(BUILD_A);
    const state = bench.boxes.beside('state');
    const env = { STATE_PATH: `${state}/boards.json`, CONTROL_PATH: bench.boxes.beside('control.sock') };
    const start = () => startUpdateServer({ imagePath: bench.boxes.root, env });
    const isSent = async ({ url }: { url: string }) => {
      const response = await fetch(`${url}/update?name=box&board=pi&build_id=${BUILD_B}`);
      return (await response.text()).includes('box-pi.img.zst');
    };
    await using first = await start();
    assert.equal(await isSent(first), true);
    await rm(state, { recursive: true, force: true });
    await writeFile(state, 'a file where the folder was');
    const { stdout } = await runCommand(['hold', '127.0.0.1'], env);
    const [done, unsaved = '', ...more] = stdout.split('\n');
    assert.match(done ?? '', /^127\.0\.0\.1 is on hold/);
    assert.match(unsaved, /^not saved yet: the server's disk refused \(E(EXIST|NOTDIR)\); it is lost if the server /);
    assert.deepEqual(more, ['']);
    const fault = await runCommand(['fault', 'off'], env);
    assert.equal(fault.stdout, 'the fault on purpose is off\n');
    await rm(state);
    assert.deepEqual(await first.stop(), { status: 0, signal: null });
    await using next = await start();
    assert.equal(await isSent(next), false);
  });

  it('serves on where it can not be controlled, and says so', async () => {
    await using bench = await makeBench();
    await bench.build(BUILD_A);
    const CONTROL_PATH = `${bench.boxes.at('box', 'box-pi.img.sha256')}/control.sock`;
    await using server = await startUpdateServer({ imagePath: bench.boxes.root, env: { CONTROL_PATH } });
    assert.equal((await fetch(`${server.url}/list`)).status, 200);
    assert.match(server.lines().join('\n'), /this server can't be controlled/);
  });

  it('needs a place for the socket, which is said to who controls', async () => {
    const { status, stderr } = await runCommand(['boards'], {});
    assert.deepEqual(
      [status, stderr],
      [2, 'update-server: set CONTROL_PATH, or STATE_PATH, as it is for the server\n'],
    );
  });
});
