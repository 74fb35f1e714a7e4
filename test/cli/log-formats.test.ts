import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import type { TransferResult } from '../../src/server/transfer.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { zstWith } from '../fixtures/smallest-image.ts';
import { type BoxesFolder, BUILD_A, BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';
import { until } from '../until.ts';
import { runCommand } from './run-command.ts';
import { askSlowly } from './slow-client.ts';

const QUERY = '/update?name=box&board=pi';
const BIG_BYTES = 30_000_000;

interface Site extends AsyncDisposable {
  readonly boxes: BoxesFolder;
  readonly server: RunningServer;
  /** The line that is logged next, after `act`. */
  next(act: () => unknown): Promise<string>;
}

async function site(LOG_FORMAT: string, env: Record<string, string> = {}): Promise<Site> {
  const boxes = await makeBoxes();
  await writeSet(boxes.root, 'box', 'box-pi');
  const server = await startUpdateServer({ imagePath: boxes.root, env: { LOG_FORMAT, ...env } });
  return {
    boxes,
    server,
    async next(act) {
      const before = server.lines().length;
      await act();
      await until(() => server.lines().length > before);
      return server.lines()[before] ?? '';
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await boxes[Symbol.asyncDispose]();
    },
  };
}

/** Asks, and reads the answer. */
async function ask({ server }: Site, target: string): Promise<void> {
  await (await fetch(`${server.url}${target}`)).bytes().catch(() => {});
}

/** An image that was built wrong: it is cut off, and its checksum says that it should be. */
async function spoil({ boxes }: Site): Promise<void> {
  const zst = zstWith({ box: 'box', image: 'box-pi', buildId: BUILD_A }, Buffer.alloc(1000)).subarray(0, -10);
  await writeSet(boxes.root, 'box', 'box-pi', { zst });
}

/** Asks for a large image, and leaves in the midst of it. */
async function leave({ boxes, server }: Site): Promise<void> {
  await writeSet(boxes.root, 'box', 'box-big', { payload: Buffer.alloc(BIG_BYTES, 'image') });
  (await askSlowly(server.url, '/update/box/box-big')).leave();
}

suite('LOG_FORMAT=json', () => {
  /** A line as an object, without what differs from run to run. */
  function parsed(line: string) {
    const { time, durationMs, ...members } = JSON.parse(line);
    match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return members;
  }

  test('tells of the server in objects, from its start to its end', async () => {
    await using run = await site('json');
    deepEqual(parsed(run.server.lines()[0] ?? ''), {
      level: 'info',
      event: 'serving',
      message: `serving 1 image of ${run.boxes.root} at ${run.server.url}`,
    });
    await run.server.stop();
    deepEqual(run.server.lines().slice(-2).map(parsed), [
      { level: 'info', event: 'stopping', message: 'SIGTERM: finishing 0 running requests, for at most 30 s' },
      { level: 'info', event: 'stopped', message: 'stopped' },
    ]);
  });

  test('warns of an image that is incomplete', async () => {
    await using boxes = await makeBoxes();
    await rm((await writeSet(boxes.root, 'led', 'led-pi')).file('.img.sha256'));
    await using server = await startUpdateServer({ imagePath: boxes.root, env: { LOG_FORMAT: 'json' } });
    await until(() => server.lines().length >= 2);
    deepEqual(parsed(server.lines()[1] ?? ''), {
      level: 'warning',
      event: 'incomplete',
      message: 'not served: led/led-pi is incomplete: led-pi.img.sha256 is missing',
    });
  });

  test('tells of an update', async () => {
    await using run = await site('json');
    const line = await run.next(() => ask(run, `${QUERY}&build_id=${BUILD_B}`));
    const { bytes, totalBytes, ...members } = parsed(line);
    equal(bytes > 0 && bytes === totalBytes, true);
    equal(typeof JSON.parse(line).durationMs, 'number');
    deepEqual(members, {
      level: 'info',
      event: 'request',
      client: '127.0.0.1',
      method: 'GET',
      target: `${QUERY}&build_id=${BUILD_B}`,
      status: 200,
      box: 'box',
      board: 'pi',
      buildId: BUILD_B,
      image: 'box/box-pi',
      servedBuildId: BUILD_A,
      outcome: 'image',
    });
  });

  test('tells of a board that is up to date, the first time and again', async () => {
    await using run = await site('json');
    const { outcome, bytes, level } = parsed(await run.next(() => ask(run, `${QUERY}&build_id=${BUILD_A}`)));
    deepEqual({ outcome, bytes, level }, { outcome: 'up to date', bytes: 10_240, level: 'info' });
    const again = parsed(await run.next(() => ask(run, `${QUERY}&build_id=${BUILD_A}`)));
    deepEqual([again.outcome, again.board, again.image], ['up to date', 'pi', 'box/box-pi']);
  });

  test('says why one was refused', async () => {
    await using run = await site('json');
    const { level, status, outcome, cause, reason, image } = parsed(await run.next(() => ask(run, '/update/box/none')));
    deepEqual(
      { level, status, outcome, cause, reason, image },
      {
        level: 'warning',
        status: 404,
        outcome: 'refused',
        cause: 'no image',
        reason: 'no image none in box; nearest: box-pi',
        image: undefined,
      },
    );
  });

  test('calls an image that is wrong an error', async () => {
    await using run = await site('json');
    await spoil(run);
    // the first to ask may be sent it until what is wrong is found, and is then cut off
    equal(parsed(await run.next(() => ask(run, QUERY))).level, 'error');
    const { level, outcome, cause, reason } = parsed(await run.next(() => ask(run, QUERY)));
    deepEqual({ level, outcome, cause }, { level: 'error', outcome: 'refused', cause: 'wrong image' });
    match(reason, /^box\/box-pi is not sent: /);
  });

  test('warns of a board that got nothing, unless someone wants it to wait', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const statePath = boxes.beside('boards.json');
    const env = { LOG_FORMAT: 'json', STATE_PATH: statePath };
    const start = () => startUpdateServer({ imagePath: boxes.root, env });
    /** Gives the server these orders; answers what comes of it when the board asks then. */
    const boot = async (server: RunningServer, ...orders: string[]) => {
      for (const order of orders) equal((await runCommand(order.split(' '), env)).status, 0);
      const before = server.lines().length;
      await (await fetch(`${server.url}${QUERY}&build_id=${BUILD_B}`)).bytes();
      await until(() => server.lines().length > before);
      const { level, outcome } = parsed(server.lines().at(-1) ?? '');
      return [level, outcome];
    };
    {
      await using server = await start();
      deepEqual(await boot(server), ['info', 'image']);
    }
    const state = await readFile(statePath, 'utf8');
    await writeFile(statePath, state.replace('"loops":1', '"loops":3'));
    await using server = await start();
    deepEqual(await boot(server), ['warning', 'loop stopped']);
    deepEqual(await boot(server, 'hold 127.0.0.1'), ['info', 'held']);
    equal((await runCommand(['pin', '127.0.0.1', BUILD_A], env)).status, 0);
    await writeSet(boxes.root, 'box', 'box-pi', { buildId: 'c'.repeat(64) });
    deepEqual(await boot(server, 'release 127.0.0.1'), ['warning', 'build missing']);
    const halted = await boot(server, 'unpin 127.0.0.1', 'rollout box-pi start', 'rollout box-pi halt');
    deepEqual(halted, ['info', 'not its turn']);
  });

  test('warns of a client that speaks no HTTP', async () => {
    await using run = await site('json');
    const send = async (bytes: string) => {
      const { hostname, port } = new URL(run.server.url);
      const socket = connect(Number(port), hostname).end(Buffer.from(bytes, 'latin1'));
      await once(socket.resume(), 'close');
    };
    deepEqual(parsed(await run.next(() => send('\x16\x03\x01\x00\xa5'))), {
      level: 'warning',
      event: 'handshake',
      message:
        '127.0.0.1 got no TLS connection: this server speaks HTTP; the URL of the update server must begin with http://',
    });
    deepEqual(parsed(await run.next(() => send('SSH-2.0-x\r\n'))), {
      level: 'warning',
      event: 'malformed',
      message: '127.0.0.1 sent what is not HTTP (HPE_INVALID_METHOD)',
    });
  });

  test('says where one was broken off', async () => {
    await using run = await site('json');
    const { level, outcome, cause, bytes, totalBytes } = parsed(await run.next(() => leave(run)));
    deepEqual({ level, outcome, cause }, { level: 'warning', outcome: 'broken', cause: 'client closed' });
    equal(bytes < totalBytes, true);
  });

  test('says how long one waited for its turn', async () => {
    await using run = await site('json', { MAX_TRANSFERS: '1' });
    await writeSet(run.boxes.root, 'box', 'box-big', { payload: Buffer.alloc(BIG_BYTES, 'image') });
    const first = await askSlowly(run.server.url, '/update/box/box-big');
    let second: Promise<void> | undefined;
    const askNext = () => {
      second = ask(run, QUERY);
    };
    const { outcome, before, waitedMs } = parsed(await run.next(askNext));
    deepEqual({ outcome, before, waitedMs }, { outcome: 'waiting', before: 0, waitedMs: undefined });
    first.leave();
    await second;
    const ended = (outcome: string) =>
      run.server
        .lines()
        .map((line) => JSON.parse(line))
        .find((it) => it.outcome === outcome);
    await until(() => ended('image') && ended('broken'), run.server.lines);
    equal(ended('broken')?.waitedMs, undefined);
    const served = ended('image');
    equal(served.waitedMs > 0 && served.waitedMs <= served.durationMs, true);
  });

  test('holds no character that a terminal acts upon, and reads back as it was', async () => {
    await using run = await site('json');
    const board = 'a\u009b\u007f\u202eb';
    const line = await run.next(() => ask(run, `/update?name=box&board=${encodeURIComponent(board)}`));
    match(line, /^[\x20-\x7e]+$/);
    equal(parsed(line).board, board);
  });

  test('keeps an object in a line, whatever is asked for', async () => {
    await using run = await site('json');
    const target = '/list/%0a%22%7d?";{}';
    deepEqual(parsed(await run.next(() => ask(run, target))).event, 'request');
  });
});

suite('LOG_FORMAT=journald', () => {
  test('puts a priority in the place of the time', async () => {
    await using run = await site('journald');
    equal(run.server.lines()[0], `<6>serving 1 image of ${run.boxes.root} at ${run.server.url}`);
    match(await run.next(() => ask(run, QUERY)), /^<6>127\.0\.0\.1 "GET .* box\/box-pi: sent$/);
    match(await run.next(() => ask(run, '/update/box/none')), /^<4>127\.0\.0\.1 "GET .*nearest: box-pi$/);
    match(await run.next(() => leave(run)), /^<4>127\.0\.0\.1 "GET .* broken off at byte /);
    await spoil(run);
    match(await run.next(() => ask(run, QUERY)), /^<3>/); // may be sent its beginning
    match(await run.next(() => ask(run, QUERY)), /^<3>127\.0\.0\.1 "GET .* is not sent: /);
  });
});

suite('the manual, of LOG_FORMAT=json,', () => {
  const PROJECT = new URL('../../', import.meta.url);
  /** What stands in code spans of a member's paragraph, and is in small letters. */
  async function wordsOf(member: string): Promise<string[]> {
    const page = await readFile(new URL('docs/update-server.1.md', PROJECT), 'utf8');
    const [, paragraph = ''] = new RegExp(`^\\* \`${member}\`:\\n((?:  .*\\n)+)`, 'm').exec(page) ?? [];
    const spans = [...paragraph.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
    return spans.filter((span) => /^[a-z -]+$/.test(span)).sort();
  }

  test('names each event that is logged', async () => {
    const folder = new URL('src/cli/', PROJECT);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
    const code = (await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
    const written = code.matchAll(/\b(?:log|this)\.write\([^;]*?, '([a-z-]+)'|\bevent: '([a-z-]+)'/g);
    const events = new Set([...written].map(([, message, other]) => message ?? other ?? ''));
    deepEqual(await wordsOf('event'), [...events].sort());
  });

  test('names each outcome of a request', async () => {
    const results = {
      image: true,
      part: true,
      'up to date': true,
      held: true,
      'loop stopped': true,
      'build missing': true,
      'not its turn': true,
      'not modified': true,
      head: true,
      list: true,
      identity: true,
    } satisfies Record<TransferResult, true>;
    const others = ['broken', 'refused', 'waiting'];
    const members = ['before', 'cause', 'reason', 'request'];
    deepEqual(await wordsOf('outcome'), [...Object.keys(results), ...others, ...members].sort());
  });
});
