import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  chown,
  copyFile,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { SET_FILES } from '../../src/images/image-name.ts';
import { asNobody } from '../as-nobody.ts';
import { COMMAND } from '../board/command.ts';
import { startUpdateServer } from '../board/update-server.ts';
import { type Bench, IMAGE_ID, imageIn, makeBoth, verdictOf } from '../builds/kept.ts';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { onReadOnlyDisk } from '../read-only-disk.ts';
import { underMask } from '../under-mask.ts';
import { runCommand } from './run-command.ts';

/** What only root can show: it gives files to others. */
const byRoot = { skip: process.geteuid?.() !== 0 };

/** A bench that has A, and B as it came from elsewhere; and how to publish. */
async function withBoth() {
  const { bench, from } = await makeBoth();
  const file = (suffix: string) => path.join(from, `box-pi${suffix}`);
  const env = { IMAGE_PATH: bench.boxes.root, STATE_PATH: bench.boxes.beside('boards.json'), KEEP_BUILDS: '1' };
  const publish = (...args: string[]) => runCommand(['publish', ...args], env);
  return { bench, from, file, publish, env, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

/** The build that boards get, which is right to the last byte; the folder has nothing else. */
async function buildOf({ catalog, boxes }: Bench): Promise<string> {
  const image = await imageIn(catalog);
  equal(await verdictOf(image), 'right');
  equal((await readdir(boxes.at('box'))).length, 3);
  return image.state.kind === 'ready' ? image.state.buildId : '';
}

suite('update-server publish', () => {
  test('puts a set in the place of the former one, and keeps that', async () => {
    await using site = await withBoth();
    const { bench, file, publish } = site;
    const told = await publish(file('.img.zst'), file('.img.sha256'), file('.img.buildID'), '--to', 'box');
    deepEqual([told.status, told.stderr], [0, '']);
    match(told.stdout, /^published build bbbbbbb of box\/box-pi, \d+ bytes; the former one, aaaaaaa, is kept\n$/);
    equal(await buildOf(bench), BUILD_B);
    deepEqual(
      (await bench.open()).of(IMAGE_ID).map(({ buildId }) => buildId),
      [BUILD_A],
    );
    const again = await publish(file('.img.zst'));
    deepEqual([again.status, again.stdout], [0, 'box/box-pi is build bbbbbbb already\n']);
  });

  test('keeps the former one for a server that runs as another user, too', async () => {
    await using site = await withBoth();
    const { bench, file, publish } = site;
    await chmod(bench.boxes.beside(), 0o755);
    await mkdir(bench.folder);
    if (process.geteuid?.() === 0) await chown(bench.folder, 54_321, 54_322);
    await chmod(bench.folder, 0o755);
    const told = await underMask(0o077, () => publish(file('.img.zst')));
    deepEqual([told.status, told.stderr], [0, '']);
    match(told.stdout, /; the former one, aaaaaaa, is kept\n$/);
    const folder = await stat(bench.folder);
    for (const name of await bench.content()) {
      const { uid, gid, mode } = await stat(path.join(bench.folder, name));
      const isFolder = !name.includes('.img');
      equal((mode & 0o7777).toString(8), isFolder ? '755' : '644', name);
      if (isFolder) deepEqual([uid, gid], [folder.uid, folder.gid], name);
    }
    await asNobody(async () => {
      const [kept] = (await bench.open()).of(IMAGE_ID);
      ok(kept);
      equal(await verdictOf(kept), 'right');
    });
  });

  test('says that no board can ask for a name with a blank, and publishes it', async () => {
    await using site = await withBoth();
    const { from, file, publish } = site;
    for (const suffix of Object.values(SET_FILES)) {
      const content = await readFile(file(suffix));
      const renamed =
        suffix === '.img.sha256' ? content.toString().replaceAll('box-pi.', 'box-pi-my branch.') : content;
      await writeFile(path.join(from, `box-pi-my branch${suffix}`), renamed);
    }
    const { status, stderr } = await publish(path.join(from, 'box-pi-my branch.img.zst'));
    equal(status, 0, stderr);
    match(stderr, /^box\/box-pi-my branch: boards can't ask for a name with a blank in it: .*; choose a plain name\n$/);
  });

  test('gives a folder for kept builds that it makes to whoever owns the one it lies in', byRoot, async () => {
    await using site = await withBoth();
    const { bench, file, env } = site;
    const state = bench.boxes.beside('state');
    await mkdir(state);
    await chown(state, 54_321, 54_322);
    const told = await runCommand(['publish', file('.img.zst')], {
      ...env,
      STATE_PATH: path.join(state, 'boards.json'),
    });
    match(told.stdout, /; the former one, aaaaaaa, is kept\n$/);
    for (const name of ['builds', 'builds/box', 'builds/box/box-pi', `builds/box/box-pi/${BUILD_A}`]) {
      const { uid, gid, mode } = await stat(path.join(state, name));
      deepEqual([uid, gid, mode & 0o777], [54_321, 54_322, 0o755], name);
    }
  });

  test('says that a server of another user can not read what only its owner can', async () => {
    await using site = await withBoth();
    const { bench, file, publish } = site;
    const zst = bench.boxes.at('box', 'box-pi.img.zst');
    await chmod(zst, 0o600);
    for (const first of ['published', 'there already']) {
      const told = await publish(file('.img.zst'));
      equal(told.status, 0, first);
      match(told.stderr, /^box\/box-pi can be read by its owner only: a server that runs as another user refuses it/);
    }
    await chmod(zst, 0o644);
    equal((await publish(file('.img.zst'))).stderr, '');
  });

  test('keeps the former one only where KEEP_SIZE has room for it', async () => {
    await using site = await withBoth();
    const { bench, file, env } = site;
    const { size } = await stat(bench.boxes.at('box/box-pi.img.zst'));
    const told = await runCommand(['publish', file('.img.zst')], { ...env, KEEP_SIZE: String(size - 1) });
    match(told.stdout, /; the former one, aaaaaaa, is not kept \(KEEP_SIZE has no room for it\)\n$/);
    equal(await buildOf(bench), BUILD_B);
    deepEqual((await bench.open()).list, []);
  });

  test('keeps no build in a folder that leads nowhere, such as to a disk that is not mounted, and says so', async () => {
    await using site = await withBoth();
    const { bench, file, publish } = site;
    await symlink(bench.boxes.beside('not mounted', 'builds'), bench.folder);
    const told = await publish(file('.img.zst'));
    deepEqual([told.status, told.stderr], [0, '']);
    match(told.stdout, /^published build bbbbbbb of .*; the former one, aaaaaaa, is not kept \(ENOENT\)\n$/);
    equal(await buildOf(bench), BUILD_B);
  });

  test('says why it did not, and leaves what is there as it was', async () => {
    await using site = await withBoth();
    const { bench, from, file, publish } = site;
    await appendFile(file('.img.zst'), 'x');
    const wrong = await publish(file('.img.zst'));
    equal(wrong.status, 1);
    match(wrong.stderr, /^update-server: box-pi is not published: .*\.img\.sha256/);
    await writeFile(path.join(from, 'box-lost.img.zst'), 'x');
    const incomplete = await publish(path.join(from, 'box-lost.img.zst'));
    equal(incomplete.status, 1);
    match(incomplete.stderr, /box-lost is not published: box-lost\.img\.sha256 is missing, in .*from\n$/);
    await writeFile(path.join(from, 'strange-pi.img'), 'x');
    const homeless = await publish(path.join(from, 'strange-pi.img'));
    equal(homeless.status, 1);
    match(homeless.stderr, /no folder below IMAGE_PATH is named for strange-pi: say which by --to <box>\n$/);
    const unmade = await publish(path.join(from, 'strange-pi.img'), '--to', 'strange');
    equal(unmade.status, 1);
    match(unmade.stderr, /No build ID can be read from inside strange-pi\.img/);
    deepEqual(await readdir(bench.boxes.root), ['box']);
    const none = await publish(path.join(from, 'notes.txt'));
    equal(none.status, 2);
    match(none.stderr, /notes\.txt is no file of an image set/);
    equal(await buildOf(bench), BUILD_A);
    deepEqual((await bench.open()).list, []);
  });

  test('says in one line that the disk is read-only, be there a folder for the box or not', async (t) => {
    await using site = await withBoth();
    const { bench, file, env } = site;
    const { root } = bench.boxes;
    const publishThere = (box: string) => {
      const command = [process.execPath, COMMAND, 'publish', file('.img.zst'), '--to', box];
      const [program, ...args] = onReadOnlyDisk(root, ...command);
      return spawnSync(program, args, {
        env: { PATH: process.env.PATH, CHECKS_PATH: 'none', ...env },
        encoding: 'utf8',
      });
    };
    const [able, ...unshared] = onReadOnlyDisk(root, 'true');
    if (spawnSync(able, unshared).status !== 0) return t.skip('no namespaces here');
    for (const [box, folder] of [
      ['box', bench.boxes.at('box')],
      ['new', root],
    ] as const) {
      const { status, stdout, stderr } = publishThere(box);
      const text = `box-pi is not published: ${folder} is on a read-only file system`;
      deepEqual([status, stdout, stderr], [1, '', `update-server: ${text}\n`]);
    }
  });

  test('says in one line that a folder can not be made, and which', {
    skip: process.platform === 'win32',
  }, async () => {
    await using site = await withBoth();
    const { bench, file, publish } = site;
    const long = 'b'.repeat(300);
    deepEqual(await publish(file('.img.zst'), '--to', long), {
      status: 2,
      stdout: '',
      stderr: `update-server: "${long}" can't be the name of a folder of images\n`,
    });
    await chmod(bench.boxes.beside(), 0o755);
    await asNobody(async () => {
      const text = `box-pi is not published: ${bench.boxes.root} cannot be written to; check its permissions`;
      deepEqual(await publish(file('.img.zst'), '--to', 'new'), {
        status: 1,
        stdout: '',
        stderr: `update-server: ${text}\n`,
      });
    });
  });

  test('packs a raw image that stands alone, into a new folder', async () => {
    await using site = await withBoth();
    const { bench, from, publish, env } = site;
    const content = { box: 'docker-box', board: 'odroid-c4', branch: 'main', buildId: BUILD_B };
    const { image } = await writeImageSet(path.join(from, 'all'), content, { keepRaw: true });
    await mkdir(path.join(from, 'raw'));
    await copyFile(path.join(from, 'all', `${image}.img`), path.join(from, 'raw', `${image}.img`));
    const told = await publish(path.join(from, 'raw', `${image}.img`), '--to', 'docker-box');
    deepEqual([told.status, told.stderr], [0, '']);
    match(told.stdout, /^published build bbbbbbb of docker-box\/docker-box-odroid-c4-main, \d+ bytes\n$/);
    deepEqual(await readdir(path.join(from, 'raw')), [`${image}.img`]);
    equal((await readdir(bench.boxes.at('docker-box'))).length, 3);
    equal((await runCommand(['verify', image], env)).status, 0);
  });

  test('waits for another one, so that the last one stands, and both are whole', async () => {
    await using site = await withBoth();
    const { bench, from, file, publish } = site;
    const other = path.join(from, 'other');
    await mkdir(other);
    for (const suffix of Object.values(SET_FILES)) {
      await copyFile(bench.written.file(suffix), path.join(other, `box-pi${suffix}`));
    }
    const told = await Promise.all([
      publish(file('.img.zst')),
      publish(path.join(other, 'box-pi.img.zst')),
      publish(file('.img.zst')),
    ]);
    deepEqual(
      told.map(({ status }) => status),
      [0, 0, 0],
    );
    match(await buildOf(bench), /^(a{64}|b{64})$/);
  });

  test('says that the server keeps the former one, though nothing here says to', async () => {
    await using site = await withBoth();
    const { bench, file, env } = site;
    await (await bench.open()).keep(await imageIn(bench.catalog));
    const CONTROL_PATH = bench.boxes.beside('control.sock');
    await using _server = await startUpdateServer({ imagePath: bench.boxes.root, env: { ...env, CONTROL_PATH } });
    const told = await runCommand(['publish', file('.img.zst')], { IMAGE_PATH: bench.boxes.root, CONTROL_PATH });
    deepEqual([told.status, told.stderr], [0, '']);
    match(told.stdout, /; the former one, aaaaaaa, is kept by the server\n$/);
    equal(await buildOf(bench), BUILD_B);
  });

  test('says that boards get an earlier build all the same', async () => {
    await using site = await withBoth();
    const { bench, file, publish } = site;
    const builds = await bench.open();
    await builds.keep(await imageIn(bench.catalog));
    await builds.serveAgain({ imageId: IMAGE_ID, buildId: BUILD_A }, { by: 'Anna', atMs: 1 });
    const told = await publish(file('.img.zst'));
    deepEqual(
      [told.status, told.stderr],
      [0, 'boards get build aaaaaaa of box/box-pi until the newest is served again\n'],
    );
  });
});
