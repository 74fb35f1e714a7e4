import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { SEND_TIMEOUT_MS } from '../../src/server/limits.ts';
import { COLLECT_EARLY } from '../board/early-collection.ts';
import { startUpdateServer, type UpdateServerOptions } from '../board/update-server.ts';
import { until } from '../until.ts';
import { type Attack, attack } from './attackers.ts';
import { buildId, makeSet } from './harness.ts';

const ATTACKERS = 500;

/** The memory that stalled downloads held is collected late: it settles in the first waves, and must stay so. */
const SETTLING_WAVES = 4;
const WAVES = 6;
const MOST_GROWTH = 1.3;
const BOARDS = 10;

/**
 * What a board may take, however busy the network and the machine are. A request that is refused or starved takes longer, or
 * for ever: attackers that read nothing are not given up before `SEND_TIMEOUT_MS`, and all others come back.
 */
const BOARD_TIMEOUT_S = SEND_TIMEOUT_MS / 1000 - 10;

/** Ends what never would: on two idle processors, all of it takes 40 s. */
const MOST_MS = 900_000;

/** Descriptors that a server has from its first requests on: a worker that checks images, and its pipes. */
const FOR_ANSWERING = 10;

/** As many as macOS gives a program, and fewer than there are attackers. */
const FEW_FILES = 256;

/**
 * With few files, attackers that find no place come back by and by. When all do at once while the server is held up, more
 * are accepted in a moment than it has places, and a board among them has to give way before it could ask.
 */
const RETURN_WITHIN_MS = 10_000;

const HEAD = 'GET /list HTTP/1.1\r\nHost: localhost\r\n';
const ATTACKS: Record<string, Attack> = {
  'send their headers byte by byte': { head: `${HEAD}X: `, drip: 'y', reads: true },
  'send half a request': { head: HEAD, reads: true },
  'send nothing': { head: '', reads: true },
  'stop reading a download': { head: 'GET /update/box/box-big HTTP/1.1\r\nHost: localhost\r\n\r\n', reads: false },
  'ask once and stay': { head: `${HEAD}\r\n`, reads: true },
};

describe('while 500 attackers', { timeout: MOST_MS, skip: process.platform !== 'linux' && 'there is no /proc' }, () => {
  let folder: string;
  let zst: Buffer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-floods-'));
    zst = await makeSet(path.join(folder, 'boxes'), 'box', 'box-pi', 2_000_000);
    await makeSet(path.join(folder, 'boxes'), 'box', 'box-big', 20_000_000);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Has ten boards update at once, as they do: by curl, into tar; then they ask whether they are up to date. */
  async function boardsUpdate(url: string): Promise<void> {
    const boards = Array.from({ length: BOARDS }, async (_, index) => {
      const board = path.join(folder, `board-${index}`);
      await mkdir(board, { recursive: true });
      const curl = `curl -sS --max-time ${BOARD_TIMEOUT_S}`;
      const query = `${url}/update?name=box&board=pi&build_id=`;
      const script = `set -o pipefail; ${curl} '${query}old' | tar -xf - && ${curl} '${query}${buildId()}' | wc -c`;
      const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: board });
      assert.equal(stdout.trim(), '10240');
      assert.ok(zst.equals(await readFile(path.join(board, 'box-pi.img.zst'))), `board ${index} has other bytes`);
      await rm(board, { recursive: true });
    });
    await Promise.all(boards);
  }

  const descriptorsOf = async (pid: number) => (await readdir(`/proc/${pid}/fd`)).length;

  /** Waits until a process has no more open descriptors than that, and fails where that does not come to pass. */
  async function untilFew(pid: number, most: number): Promise<void> {
    await until(async () => (await descriptorsOf(pid)) <= most);
  }

  /** A server that has served boards, and its descriptors then. */
  async function start(options: Pick<UpdateServerOptions, 'env' | 'mostFiles'> = {}) {
    const server = await startUpdateServer({ imagePath: path.join(folder, 'boxes'), ...options });
    const { pid } = server;
    const idle = await descriptorsOf(pid);
    await boardsUpdate(server.url);
    await untilFew(pid, idle + FOR_ANSWERING);
    return { server, most: Math.max(idle, await descriptorsOf(pid)) };
  }

  for (const [what, kind] of Object.entries(ATTACKS)) {
    it(`${what}, boards update, and nothing stays behind`, async () => {
      const { server, most } = await start();
      await using _ = server;
      {
        using attackers = attack(server.url, ATTACKERS, kind);
        await attackers.begun;
        await boardsUpdate(server.url);
      }
      await untilFew(server.pid, most);
    });
  }

  it('hold more connections than the system lets the server have files, boards update', async () => {
    const { server, most } = await start({ mostFiles: FEW_FILES });
    await using _ = server;
    for (const kind of [ATTACKS['send nothing'], ATTACKS['ask once and stay']]) {
      assert.ok(kind !== undefined);
      {
        using attackers = attack(server.url, ATTACKERS, { ...kind, returnsWithinMs: RETURN_WITHIN_MS });
        await attackers.begun;
        await boardsUpdate(server.url);
      }
      await untilFew(server.pid, most);
    }
  });

  it('of each kind hold more connections than there are, boards update, again and again', async () => {
    const { server, most } = await start({ env: { NODE_OPTIONS: COLLECT_EARLY } });
    await using _ = server;
    const resident: number[] = [];
    for (let wave = 0; wave < WAVES; wave++) {
      {
        using all = new DisposableStack();
        const attacks = Object.values(ATTACKS).map((kind) => all.use(attack(server.url, ATTACKERS, kind)));
        await Promise.all(attacks.map(({ begun }) => begun));
        await boardsUpdate(server.url);
      }
      await untilFew(server.pid, most);
      const [, kB] = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${server.pid}/status`, 'utf8')) ?? [];
      resident.push(Number(kB));
    }
    const [settled = 0] = resident.slice(SETTLING_WAVES - 1);
    const last = resident.at(-1) ?? Number.POSITIVE_INFINITY;
    assert.ok(last < MOST_GROWTH * settled, resident.join(' '));
  });
});
