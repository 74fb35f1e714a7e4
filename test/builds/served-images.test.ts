import { deepEqual, equal, match } from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { ServedImages } from '../../src/builds/served-images.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { PATIENT, startServer } from '../server/harness.ts';
import { type Bench, IMAGE_ID, makeBench } from './kept.ts';

const A = { imageId: IMAGE_ID, buildId: BUILD_A };
const ANNA = { by: 'Anna', atMs: 1_000 };
const QUERY = '/update?name=box&board=pi&build_id=';

/** A server over a bench where A was kept before B came. */
async function serve(bench: Bench) {
  const builds = await bench.open();
  await builds.keep(await bench.build(BUILD_A));
  const { zst: zstA } = bench.written;
  await bench.build(BUILD_B);
  const { zst: zstB } = bench.written;
  const server = await startServer(async () => {}, {
    catalog: new ServedImages(bench.catalog, builds),
    ...PATIENT,
  });
  builds.events.on('changed', () => server.server.forgetAnswers());
  return { builds, server, zstA, zstB, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

suite('boards', () => {
  test('get the earlier build that someone chose, by every path, and the newest again afterwards', async () => {
    await using bench = await makeBench();
    await using site = await serve(bench);
    const { builds, server, zstA, zstB } = site;
    const targets = [`${QUERY}${'c'.repeat(64)}`, `/update/${IMAGE_ID}`, `/update/${IMAGE_ID}/${'c'.repeat(64)}`];
    const gets = async (zst: Buffer) => {
      for (const target of targets) {
        const { status, body } = await server.get(target);
        equal(status, 200);
        equal(body.includes(zst), true, target);
      }
    };
    await gets(zstB);
    await builds.serveAgain(A, ANNA);
    await gets(zstA);
    equal((await server.get('/list')).body.toString(), `${IMAGE_ID}\n`);
    await builds.serveNewest(IMAGE_ID);
    await gets(zstB);
  });

  test('that run the build that is served are up to date at once, and others no longer', async () => {
    await using bench = await makeBench();
    await using site = await serve(bench);
    const { builds, server } = site;
    const isUpToDate = async (build: string) => (await server.get(QUERY + build)).body.every((byte) => byte === 0);
    deepEqual([await isUpToDate(BUILD_A), await isUpToDate(BUILD_B)], [false, true]);
    await builds.serveAgain(A, ANNA);
    deepEqual([await isUpToDate(BUILD_A), await isUpToDate(BUILD_B)], [true, false]);
  });

  test('get the chosen build while the next one is built', async () => {
    await using bench = await makeBench();
    await using site = await serve(bench);
    const { builds, server, zstA } = site;
    await builds.serveAgain(A, ANNA);
    await rm(bench.written.file('.img.sha256'));
    equal((await server.get(QUERY)).body.includes(zstA), true);
    equal((await server.get('/list')).body.toString(), `${IMAGE_ID}\n`);
  });

  test('get the chosen build also where its copy is gone, and it was published again', async () => {
    await using bench = await makeBench();
    await using site = await serve(bench);
    const { builds, server, zstA } = site;
    await builds.serveAgain(A, ANNA);
    await rm(path.join(bench.folder, IMAGE_ID), { recursive: true });
    await builds.refresh();
    equal((await server.get(QUERY)).status, 404);
    await bench.build(BUILD_A);
    server.server.forgetAnswers();
    equal((await server.get(QUERY)).body.includes(zstA), true);
  });

  test('get no other build where the chosen one has no copy, and is written over', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    await builds.serveAgain(A, ANNA);
    await rm(path.join(bench.folder, IMAGE_ID), { recursive: true });
    await builds.refresh();
    const snapshot = await bench.catalog.refresh(true);
    await bench.build(BUILD_B);
    const catalog = new ServedImages({ snapshot, refresh: async () => snapshot }, builds); // what was seen before B came
    await using server = await startServer(async () => {}, { catalog, assigner: new BoardRegistry().assigner });
    const { status, body } = await server.get(QUERY + 'c'.repeat(64));
    deepEqual([status, body.every((byte) => byte === 0)], [200, true]);
  });

  test('get nothing where the chosen build is damaged, or gone', async () => {
    await using bench = await makeBench();
    await using site = await serve(bench);
    const { builds, server } = site;
    await builds.serveAgain(A, ANNA);
    const folder = path.join(bench.folder, IMAGE_ID, BUILD_A);
    appendFileSync(path.join(folder, 'box-pi.img.zst'), 'x');
    const damaged = await server.get(QUERY);
    equal(damaged.status, 409, 'no build is under way there');
    match(damaged.body.toString(), /is not what its \.img\.sha256 says|doesn't match/);
    await rm(folder, { recursive: true });
    const gone = await server.get(QUERY);
    equal(gone.status, 404);
    match(
      gone.body.toString(),
      /the kept build of box\/box-pi that is to be sent is incomplete: box-pi\.img\.zst is missing/,
    );
  });
});
