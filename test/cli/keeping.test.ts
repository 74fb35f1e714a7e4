import { deepEqual, equal, match } from 'node:assert/strict';
import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { KeptBuilds } from '../../src/builds/kept-builds.ts';
import { asNobody } from '../as-nobody.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { IMAGE_ID, makeBench } from '../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { beforeLong, until } from '../until.ts';
import { runCommand } from './run-command.ts';
import { Supervised } from './supervised.ts';

const BUILD_C = 'c'.repeat(64);
const BUILD_D = 'd'.repeat(64);

suite('update-server with KEEP_BUILDS', () => {
  test('keeps what boards get, and serves what was chosen, as it says', async () => {
    await using bench = await makeBench();
    await bench.build(BUILD_A);
    const env = { STATE_PATH: bench.boxes.beside('boards.json'), KEEP_BUILDS: '1' };
    {
      await using server = new Supervised({ imagePath: bench.boxes.root, env });
      const [port] = await server.until('port', 1);
      await (await fetch(`http://127.0.0.1:${port}/update/${IMAGE_ID}`)).arrayBuffer();
      const signal = beforeLong();
      for (let isKept = false; !isKept; await setTimeout(100, undefined, { signal })) {
        const { images } = (await (await fetch(`http://127.0.0.1:${port}/status`)).json()) as {
          images: { kept?: { buildId: string }[] }[];
        };
        isKept = images[0]?.kept?.[0]?.buildId === BUILD_A;
      }
    }
    await bench.build(BUILD_B);
    const builds = await KeptBuilds.open(bench.folder, () => {});
    await builds.serveAgain({ imageId: IMAGE_ID, buildId: BUILD_A }, { by: 'Anna', atMs: 0 });
    const told =
      /build aaaaaaa of box\/box-pi is served in place of the newest: chosen by Anna at 1970-01-01T00:00:00\.000Z/;
    const explained = await runCommand(['explain', IMAGE_ID], { IMAGE_PATH: bench.boxes.root, ...env });
    equal(explained.status, 0, explained.stderr);
    match(explained.stdout, new RegExp(`^build {4}${BUILD_A}\nnote {5}${told.source}$`, 'm'));
    await using again = new Supervised({ imagePath: bench.boxes.root, env });
    await again.until('line', told);
    const [port] = await again.until('port', 1);
    const answer = await (await fetch(`http://127.0.0.1:${port}/update/${IMAGE_ID}/${BUILD_A}`)).arrayBuffer();
    equal(
      new Uint8Array(answer).every((byte) => byte === 0),
      true,
    );
  });

  test('removes what is kept where none is to be, but not what a roll-out leads back to', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    for (const build of [BUILD_A, BUILD_B, BUILD_C]) {
      equal(await builds.keep(await bench.build(build)), 'kept');
      await setTimeout(10); // so that one was kept last
    }
    await bench.build(BUILD_D);
    const imagePath = bench.boxes.root;
    const env = { STATE_PATH: bench.boxes.beside('boards.json'), KEEP_PATH: bench.folder };
    {
      await using _server = await startUpdateServer({ imagePath, env });
      const { status, stderr } = await runCommand(['rollout', 'box-pi', 'start'], env);
      equal(status, 0, stderr);
    }
    await using _server = await startUpdateServer({ imagePath, env: { ...env, KEEP_BUILDS: '0' } });
    const signal = beforeLong();
    const kept = async () => (await readdir(path.join(bench.folder, 'box', 'box-pi'))).join();
    while ((await kept()) !== BUILD_C) await setTimeout(50, undefined, { signal });
  });

  test('needs a folder of its own', async () => {
    await using bench = await makeBench();
    await bench.build(BUILD_A);
    const IMAGE_PATH = bench.boxes.root;
    const same = await runCommand([], { IMAGE_PATH, KEEP_BUILDS: '1', KEEP_PATH: IMAGE_PATH });
    equal(same.status, 2);
    match(same.stderr, /KEEP_PATH and IMAGE_PATH are the same folder, .*; kept builds need their own\n$/);
    const file = await runCommand([], { IMAGE_PATH, KEEP_BUILDS: '1', KEEP_PATH: bench.written.file('.img.zst') });
    equal(file.status, 1);
    match(file.stderr, /KEEP_PATH: .*box-pi\.img\.zst is not a folder; name one\n$/);
  });

  test('makes whole at its start what was published in part by one that was killed', async () => {
    await using bench = await makeBench();
    await bench.build(BUILD_A);
    const staging = bench.boxes.at('box', '.publish', 'set.1');
    await mkdir(staging, { recursive: true });
    await writeFile(path.join(staging, 'box-pi.img.zst'), 'the next build');
    await rename(bench.written.file('.img.sha256'), path.join(staging, 'box-pi.img.sha256.old'));
    await using server = new Supervised({ imagePath: bench.boxes.root });
    const [port] = await server.until('port', 1);
    const signal = beforeLong();
    const list = async () => (await fetch(`http://127.0.0.1:${port}/list`)).text();
    while ((await list()) !== `${IMAGE_ID}\n`) await setTimeout(50, undefined, { signal });
    // what is left of the publishing goes when the set is whole
    while ((await readdir(bench.boxes.at('box'))).length !== 3) await setTimeout(50, undefined, { signal });
  });

  test('says that a set was published in part where it may not write', {
    skip: process.geteuid?.() !== 0,
  }, async () => {
    await using bench = await makeBench();
    await bench.build(BUILD_A);
    await chmod(bench.boxes.beside(), 0o755);
    const staging = bench.boxes.at('box', '.publish', 'set.1');
    await mkdir(staging, { recursive: true });
    const start = () => asNobody(() => startUpdateServer({ imagePath: bench.boxes.root }));
    const complaints = (server: RunningServer) => server.lines().filter((line) => line.includes('published in part'));
    {
      await using server = await start();
      await (await fetch(`${server.url}/list`)).text();
      await setTimeout(200); // what is found at the start is told right after it
      await server.stop();
      deepEqual(complaints(server), []);
    }
    await rename(bench.written.file('.img.sha256'), path.join(staging, 'box-pi.img.sha256.old'));
    await using server = await start();
    await until(() => complaints(server).length > 0, server.lines);
    match(complaints(server).join(), /\/box has a set that .* \(EACCES, permission denied\): publish it again$/);
  });
});
