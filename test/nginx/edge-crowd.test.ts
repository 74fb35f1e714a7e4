import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transfer } from '../../src/server/transfer.ts';
import { createBoard } from '../board/board.ts';
import { DEMO_IMAGES } from '../board/demo-boxes.ts';
import { flashes, isUpToDate } from '../board/expect-boot.ts';
import { serveDemo } from '../board/serve-demo.ts';
import { buildId, makeSet, noise, startServer, type TestServer } from '../server/harness.ts';
import { type Downloaded, download } from './download.ts';
import { startEdge } from './nginx.ts';

/** A power cut brings all boards of a field at once. */
const BOARDS = 400;
const IMAGE_BYTES = 1_000_000;

/** Boards that do all a board does: each takes a shell, five programs and a disk. */
const WHOLE_BOARDS = 12;

/** How often a board of the crowd boots again before the test gives it up. */
const MOST_BOOTS = 20;

/** An archive of nothing, which says that a board is up to date. */
const EMPTY_BYTES = 10_240;
const NOTHING = createHash('sha256').update(Buffer.alloc(EMPTY_BYTES)).digest('hex');
const anyBuild = () => randomBytes(32).toString('hex');

/** What a board asks, in one of the three ways in which boards do. */
function question(board: number, build: string): string {
  switch (board % 3) {
    case 0:
      return `/update?name=box&board=pi&=branch=main&version=&build_id=${build}`;
    case 1:
      return `/update?name=box&board=pi&build_id=${build}`;
    default:
      return `/update/box/box-pi-main/${build}`;
  }
}

/** The archives that the origin began to send from now on, each with the build and how many bytes of it went out. */
function watchReads(origin: TestServer): () => [build: string | undefined, bytes: number][] {
  const reads: Transfer[] = [];
  origin.server.events.on('answering', (transfer) => {
    if (transfer.totalBytes > EMPTY_BYTES) reads.push(transfer);
  });
  return () => reads.map(({ servedBuildId, sentBytes }) => [servedBuildId, sentBytes]);
}

const digest = async (origin: TestServer) => {
  const { body } = await origin.get('/update/box/box-pi-main');
  return { sha256: createHash('sha256').update(body).digest('hex'), length: body.length };
};
const digestOf = (answer: Downloaded) => (answer.kind === 'whole' && answer.status === 200 ? answer.sha256 : undefined);

describe(`${BOARDS} boards at an edge`, () => {
  it('cost the origin one read of the image', { timeout: 360_000 }, async () => {
    await using origin = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi-main', IMAGE_BYTES));
    await using edge = await startEdge(origin.server.address.port);
    const { sha256, length } = await digest(origin);
    const reads = watchReads(origin);
    const answers = await Promise.all(
      Array.from({ length: BOARDS }, (_, board) => download(edge.port, question(board, anyBuild()))),
    );
    assert.deepEqual(new Set(answers.map(digestOf)), new Set([sha256]));
    assert.deepEqual(reads(), [[buildId(1), length]]);
  });

  it('get one build or the other, whole, when a new one is published meanwhile, and all have it in the end', {
    timeout: 360_000,
  }, async () => {
    await using origin = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi-main', IMAGE_BYTES));
    await using edge = await startEdge(origin.server.address.port);
    const old = await digest(origin);
    const reads = watchReads(origin);
    const builds = new Map([[old.sha256, buildId(1)]]);
    let served = 0;
    let publishing: Promise<{ sha256: string; length: number }> | undefined;
    const publish = async () => {
      await makeSet(origin.boxes, 'box', 'box-pi-main', noise(IMAGE_BYTES).reverse(), 2);
      return await digest(origin);
    };
    /** Boots until the board is told that it is up to date; answers the digests of what it got. */
    const run = async (board: number): Promise<string[]> => {
      const flashed: string[] = [];
      let build = anyBuild();
      for (let boot = 0; boot < MOST_BOOTS; boot++) {
        const sha256 = digestOf(await download(edge.port, question(board, build)));
        if (sha256 === NOTHING) return flashed;
        if (++served === BOARDS / 4) publishing = publish();
        if (sha256 === undefined) {
          await sleep(100);
          continue;
        }
        flashed.push(sha256);
        if (!builds.has(sha256) && publishing !== undefined) builds.set((await publishing).sha256, buildId(2));
        build = builds.get(sha256) ?? assert.fail(`a board got an archive that there never was: ${sha256}`);
      }
      return assert.fail('a board is never up to date');
    };
    const flashed = await Promise.all(Array.from({ length: BOARDS }, (_, board) => run(board)));
    const now = (await publishing) ?? assert.fail('nothing was published');
    for (const digests of flashed) {
      assert.ok(digests.every((sha256) => sha256 === old.sha256 || sha256 === now.sha256));
    }
    const late = await Promise.all(
      Array.from({ length: BOARDS }, (_, board) => download(edge.port, question(board, buildId(1)))),
    );
    assert.deepEqual(new Set(late.map(digestOf)), new Set([now.sha256]));
    // What the test itself fetched of the origin, to know the digest, is one read more.
    assert.deepEqual(reads().sort(), [
      [buildId(1), old.length],
      [buildId(2), now.length],
      [buildId(2), now.length],
    ]);
  });

  it(`and ${WHOLE_BOARDS} that do all that a board does flash their images and are up to date`, async () => {
    await using origin = await serveDemo();
    await using edge = await startEdge(Number(new URL(origin.url).port));
    const images = Object.values(DEMO_IMAGES);
    const boots = Array.from({ length: WHOLE_BOARDS }, async (_, index) => {
      const image = images[index % images.length] ?? DEMO_IMAGES.main;
      await using board = await createBoard({ server: edge.url, ...image });
      await flashes(board, image);
      await isUpToDate(board);
    });
    await Promise.all(boots);
    const sent = origin.lines().filter((line) => /"GET .*: sent$/.test(line));
    assert.equal(sent.length, new Set(images).size, sent.join('\n'));
  });
});
