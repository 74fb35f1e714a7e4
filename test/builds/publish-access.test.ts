import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { publish } from '../../src/builds/publish.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { UserError } from '../../src/errors.ts';
import { SET_FILES } from '../../src/images/image-name.ts';
import { asNobody } from '../as-nobody.ts';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { underMask } from '../under-mask.ts';
import { imageIn, makeBoth, verdictOf } from './kept.ts';

/** Who looks at all the images of these tests. */
const checks = new ImageChecks();
after(() => checks.close());

const keep = async () => undefined;
const SUFFIXES = Object.values(SET_FILES);

/** What only root can show: it gives files to others. */
const byRoot = { skip: process.geteuid?.() !== 0 };

/** A user and a group that this process is not in. */
const OTHERS = { uid: 54_321, gid: 54_322 };

/** The modes of the set's files in `folder`, in the order of `SET_FILES`, octal. */
function modesIn(folder: string, image = 'box-pi'): Promise<string[]> {
  return Promise.all(
    SUFFIXES.map(async (suffix) => ((await stat(path.join(folder, image + suffix))).mode & 0o7777).toString(8)),
  );
}

/** A bench that has A in its place and B elsewhere, and how B is published; others can get at it. */
async function site() {
  const { bench, from } = await makeBoth();
  await chmod(bench.boxes.beside(), 0o755);
  const box = bench.boxes.at('box');
  const files = SUFFIXES.map((suffix) => path.join(box, `box-pi${suffix}`));
  return {
    ...{ bench, from, box, files },
    publishB: () => publish({ folder: from, image: 'box-pi', isRaw: false }, box, { checks, keep }),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

suite('a set that is published', () => {
  for (const [mask, usual] of [
    [0o022, '644'],
    [0o027, '640'],
    [0o077, '600'],
  ] as const) {
    test(`where there was none can be read as umask ${mask.toString(8)} says, whatever its source's modes are`, async () => {
      for (const mode of [0o600, 0o644]) {
        await using it = await site();
        for (const file of it.files) await rm(file);
        for (const suffix of SUFFIXES) await chmod(path.join(it.from, `box-pi${suffix}`), mode);
        await underMask(mask, it.publishB);
        deepEqual(await modesIn(it.box), [usual, usual, usual]);
      }
    });
  }

  for (const mode of [0o644, 0o640, 0o664, 0o600, 0o444]) {
    test(`over one of mode ${mode.toString(8)} has that mode`, async () => {
      for (const mask of [0o022, 0o077, 0]) {
        await using it = await site();
        for (const file of it.files) await chmod(file, mode);
        await underMask(mask, it.publishB);
        const octal = mode.toString(8);
        deepEqual(await modesIn(it.box), [octal, octal, octal]);
        deepEqual((await imageIn(it.bench.catalog)).state.kind, 'ready');
      }
    });
  }

  test('has the mode of each file that it replaces, and of the image where one is missing', async () => {
    await using it = await site();
    const [buildId = '', zst = '', checksums = ''] = it.files;
    await chmod(buildId, 0o664);
    await chmod(zst, 0o640);
    await rm(checksums);
    await it.publishB();
    deepEqual(await modesIn(it.box), ['664', '640', '640']);
  });

  test('of a raw image has the modes of the former one, and those of the umask where there was none', async () => {
    await using it = await site();
    const content = { box: 'docker-box', board: 'odroid-c4', branch: 'main', buildId: BUILD_B };
    const { image } = await writeImageSet(it.from, content, { keepRaw: true });
    const folder = it.bench.boxes.at('docker-box');
    await mkdir(folder);
    const source = { folder: it.from, image, isRaw: true };
    await underMask(0o027, () => publish(source, folder, { checks, keep }));
    deepEqual(await modesIn(folder, image), ['640', '640', '640']);
    for (const suffix of SUFFIXES) await chmod(path.join(folder, image + suffix), 0o644);
    await writeFile(path.join(folder, `${image}.img.sha256`), 'cut'); // else it is there already
    await underMask(0o077, () => publish(source, folder, { checks, keep }));
    deepEqual(await modesIn(folder, image), ['644', '644', '644']);
  });

  test('is read by a server that runs as another user and read the former one', async () => {
    await using it = await site();
    await underMask(0o077, it.publishB);
    await asNobody(async () => {
      const image = await imageIn(it.bench.catalog);
      equal(image.state.kind === 'ready' && image.state.buildId, BUILD_B);
      equal(await verdictOf(image), 'right');
    });
  });

  test('has the owner and the group of the former one', byRoot, async () => {
    await using it = await site();
    for (const file of it.files) {
      await chown(file, OTHERS.uid, OTHERS.gid);
      await chmod(file, 0o640);
    }
    await it.publishB();
    for (const file of it.files) {
      const { uid, gid } = await stat(file);
      deepEqual({ uid, gid }, OTHERS);
    }
    deepEqual(await modesIn(it.box), ['640', '640', '640']);
  });

  test('can not be read by a group that it was not given: everyone read the former one', byRoot, async () => {
    await using it = await site();
    await chmod(it.box, 0o777);
    for (const file of it.files) {
      await chown(file, OTHERS.uid, OTHERS.gid);
      await chmod(file, 0o664);
    }
    await asNobody(it.publishB);
    deepEqual(await modesIn(it.box), ['644', '644', '644']);
  });
});

suite('a set is not published', () => {
  for (const [who, mode] of [
    ['a group', 0o640],
    ['an owner', 0o600],
  ] as const) {
    test(`that ${who} could not read any more, and the former one stays`, byRoot, async () => {
      await using it = await site();
      await chmod(it.box, 0o777);
      for (const file of it.files) {
        await chown(file, OTHERS.uid, OTHERS.gid);
        await chmod(file, mode);
      }
      const before = await Promise.all(it.files.map((file) => readFile(file, 'latin1')));
      await rejects(
        asNobody(it.publishB),
        (error) =>
          error instanceof UserError &&
          /^box-pi is not published: whoever may read the set that is there could not read the new one/.test(
            error.message,
          ),
      );
      deepEqual(await Promise.all(it.files.map((file) => readFile(file, 'latin1'))), before);
      const image = await imageIn(it.bench.catalog);
      equal(image.state.kind === 'ready' && image.state.buildId, BUILD_A);
      ok(!(await stat(path.join(it.box, '.publish')).catch(() => undefined)), 'nothing is left');
    });
  }
});
