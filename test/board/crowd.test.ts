import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { requireTools } from '../tools/tools.ts';
import { createBoard } from './board.ts';
import { DEMO_IMAGES } from './demo-boxes.ts';
import { flashes, isUpToDate } from './expect-boot.ts';
import { serveDemo } from './serve-demo.ts';
import type { RunningServer } from './update-server.ts';

/** After a power cut in the lab all boards ask within the same second. */
const DOWNLOADS = 200;

/** Boards that do all a board does: each takes a shell, five programs and a disk. */
const WHOLE_BOARDS = 20;

suite('after a power cut', () => {
  let server: RunningServer;

  before(async () => {
    server = await serveDemo();
  });
  after(() => server[Symbol.asyncDispose]());

  test(`${WHOLE_BOARDS} boards at once flash their images and are up to date`, async () => {
    const images = Object.values(DEMO_IMAGES);
    const boots = Array.from({ length: WHOLE_BOARDS }, async (_, index) => {
      const image = images[index % images.length] ?? DEMO_IMAGES.main;
      await using board = await createBoard({ server: server.url, ...image });
      await flashes(board, image);
      await isUpToDate(board);
    });
    for (const { status, reason } of (await Promise.allSettled(boots)).map(outcome)) equal(status, 'fulfilled', reason);
  });

  test(`${DOWNLOADS} downloads at once are the same archive, which passes the boards' check`, async () => {
    const { name, board, branch } = DEMO_IMAGES.main;
    const url = `${server.url}/update?name=${name}&board=${board}&=branch=${branch}&version=&build_id=0`;
    const expected = await checkedArchive(url);
    const agent = new Agent({ maxSockets: DOWNLOADS });
    const downloads = await Promise.all(Array.from({ length: DOWNLOADS }, () => download(url, agent)));
    agent.destroy();
    deepEqual(new Set(downloads), new Set([expected]));
  });
});

/** SHA-256 of the archive at `url`, which curl fetched, GNU tar unpacked and sha256sum checked. */
async function checkedArchive(url: string): Promise<string> {
  const { bash, curl, tar } = requireTools('bash', 'curl', 'tar', 'sha256sum');
  const dir = await mkdtemp(join(tmpdir(), 'archive-'));
  try {
    const script = `"$0" -so a.tar "$2" && "$1" -mxf a.tar && grep .img.zst *.img.sha256 | sha256sum -c >&2 && sha256sum <a.tar`;
    const { status, stdout, stderr } = spawnSync(bash, ['-c', script, curl, tar, url], { cwd: dir, encoding: 'utf8' });
    equal(status, 0, stderr);
    return stdout.slice(0, 64);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** SHA-256 of what `url` answers, read as it comes on a connection of its own; rejects when it breaks off. */
function download(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, async (response) => {
      const hash = createHash('sha256');
      try {
        for await (const chunk of response) hash.update(chunk);
        resolve(response.statusCode === 200 ? hash.digest('hex') : `status ${response.statusCode}`);
      } catch (error) {
        reject(error);
      }
    }).once('error', reject);
  });
}

function outcome(result: PromiseSettledResult<void>): { status: string; reason: string } {
  return { status: result.status, reason: result.status === 'rejected' ? String(result.reason) : '' };
}
