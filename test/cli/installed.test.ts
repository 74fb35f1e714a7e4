import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeDiskImage } from '../fixtures/disk-image.ts';
import { type BoxesFolder, BUILD_A, BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';
import { requireTools } from '../tools/tools.ts';
import { npm, pathWithNode } from '../vscode/npm.ts';
import { Supervised } from './supervised.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** Made by `npm run build`, as `npm test` does first. */
const BUNDLE = path.join(PROJECT, 'dist/update-server.js');
const COMPRESSOR = path.join(PROJECT, 'node_modules/@mongodb-js/zstd');
const RUN_MS = 60_000;

async function folder(): Promise<AsyncDisposable & { at(...names: string[]): string }> {
  const root = await mkdtemp(path.join(tmpdir(), 'mkbox-installed-'));
  return {
    at: (...names) => path.join(root, ...names),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

let boxes: BoxesFolder;
let version: string;
before(async () => {
  boxes = await makeBoxes();
  await writeSet(boxes.root, 'box', 'box-pi');
  ({ version } = JSON.parse(await readFile(path.join(PROJECT, 'package.json'), 'utf8')));
});
after(() => boxes[Symbol.asyncDispose]());

/** A board's download and check, by the programs that a board has. */
async function update(port: number): Promise<string> {
  const { bash, curl, tar, sha256sum } = requireTools('bash', 'curl', 'tar', 'sha256sum');
  await using board = await folder();
  const url = `http://127.0.0.1:${port}/update?name=box&board=pi&build_id=${BUILD_B}`;
  const script = `${curl} -sS '${url}' | ${tar} -mxf - && grep '.img.zst' *.img.sha256 | ${sha256sum} -c`;
  const { stdout, stderr } = spawnSync(bash, ['-c', `set -o pipefail; ${script}`], {
    cwd: board.at(),
    encoding: 'utf8',
    timeout: RUN_MS,
  });
  return stdout + stderr;
}

suite('update-server as one file, with no node_modules anywhere near,', () => {
  const start = async () => {
    const place = await folder();
    await copyFile(BUNDLE, place.at('update-server.js'));
    const run = (args: readonly string[], env: Record<string, string> = {}) =>
      spawnSync(process.execPath, [place.at('update-server.js'), ...args], {
        cwd: place.at(),
        env: { PATH: process.env.PATH, CHECKS_PATH: 'none', IMAGE_PATH: boxes.root, ...env },
        encoding: 'utf8',
        timeout: RUN_MS,
      });
    return { place, run, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
  };

  test('says its version, and nothing else', async () => {
    await using one = await start();
    const { status, stdout, stderr } = one.run(['--version']);
    deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('updates a board', async () => {
    await using one = await start();
    await using service = new Supervised({ imagePath: boxes.root, command: [one.place.at('update-server.js')] });
    const [port = 0] = await service.until('port', 1);
    equal(await update(port), 'box-pi.img.zst: OK\n');
    equal(await service.stop(), 0);
  });

  for (const name of ['mkbox.mjs', 'image-updates']) {
    test(`updates a board when it is called ${name}`, async () => {
      await using one = await start();
      await copyFile(BUNDLE, one.place.at(name));
      await using service = new Supervised({ imagePath: boxes.root, command: [one.place.at(name)] });
      const [port = 0] = await service.until('port', 1);
      equal(await update(port), 'box-pi.img.zst: OK\n');
      equal(await service.stop(), 0);
    });
  }

  test('verifies images, on its worker thread', async () => {
    await using one = await start();
    const { status, stdout } = one.run(['verify']);
    match(stdout, /right {4}SHA-256 of the \.img\.zst/);
    equal(status, 0);
  });

  test('packs an image, which is right then', async () => {
    await using one = await start();
    await using packed = await makeBoxes();
    const raw = packed.at('docker-box', 'docker-box-odroid-c4.img');
    await mkdir(path.dirname(raw));
    await writeFile(raw, makeDiskImage({ box: 'docker-box', board: 'odroid-c4', buildId: BUILD_A }));
    const { status, stdout, stderr } = one.run(['pack', raw]);
    equal(status, 0, stdout + stderr);
    const verified = one.run(['verify'], { IMAGE_PATH: packed.root });
    equal(verified.status, 0, verified.stdout + verified.stderr);
  });
});

suite('update-server, installed by npm,', () => {
  test('is a command that serves, with its manual', async () => {
    await using place = await folder();
    const to = ['--pack-destination', place.at(), '--ignore-scripts'];
    await npm(PROJECT, ['pack', ...to]);
    await npm(PROJECT, ['pack', COMPRESSOR, ...to]); // what npm would fetch
    const tarballs = [place.at(`mkbox-${version}.tgz`), place.at('mongodb-js-zstd-1.2.2.tgz')];
    const options = ['--offline', '--cache', place.at('cache'), '--ignore-scripts', '--omit=optional'];
    await npm(place.at(), ['install', '--global', '--prefix', place.at('usr'), ...options, ...tarballs]);
    const command = place.at('usr', 'bin', 'update-server');
    const env = { PATH: pathWithNode() };
    equal(spawnSync(command, ['--version'], { env, encoding: 'utf8', timeout: RUN_MS }).stdout, `${version}\n`);
    match(await readFile(place.at('usr', 'share', 'man', 'man1', 'update-server.1'), 'utf8'), /serve images/);
    await using service = new Supervised({ imagePath: boxes.root, command: [command] });
    const [port = 0] = await service.until('port', 1);
    equal(await update(port), 'box-pi.img.zst: OK\n');
  });
});
