import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { UserError } from '../../src/errors.ts';
import { packImage } from '../../src/images/packing/pack.ts';
import { requireTools } from '../tools/tools.ts';
import { type BoxesFolder, BUILD_B, makeBoxes, type WrittenSet, writeSet } from './image-sets.ts';

const { bash } = requireTools('bash');

const MIB = 1024 * 1024;

/** A set, and a raw image beside it that does not compress and is read in several chunks. */
async function oldSet(boxes: BoxesFolder): Promise<WrittenSet> {
  const set = await writeSet(boxes.root, 'box', 'box-pi');
  await writeFile(set.file('.img'), randomFillSync(Buffer.alloc(20 * MIB)));
  return set;
}

/** The folder's content apart from the raw image, as names and bytes. */
async function content({ location: { folder } }: WrittenSet): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name !== 'box-pi.img').sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(path.join(folder, name), 'latin1').catch(String)]),
    ),
  );
}

/** Packs, which must fail with a message meant for people, and nothing in the folder may have changed. */
async function refused(set: WrittenSet, message: RegExp, options: Partial<Parameters<typeof packImage>[0]> = {}) {
  const before = await content(set);
  await rejects(packImage({ folder: set.location.folder, image: 'box-pi', buildId: BUILD_B, ...options }), (error) => {
    ok(error instanceof UserError, String(error));
    match(error.message, message);
    return true;
  });
  deepEqual(await content(set), before);
}

function replaceByCopy(file: string): void {
  copyFileSync(file, `${file}.copy`);
  renameSync(`${file}.copy`, file);
}

/** Runs an ES module's text as a program of its own, in bash after `setup`. */
function runModule(setup: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const args = ['-c', `${setup}; exec "$0" "$@"`, process.execPath, '--input-type=module', '-e', text];
    execFile(bash, args, (error, stdout, stderr) => resolve(stdout + stderr + (error === null ? '' : error.message)));
  });
}

/** A module that packs and prints what came of it. `module` is a path. */
function packingModule(module: string, folder: string): string {
  return `const { packImage } = await import(${JSON.stringify(pathToFileURL(module).href)});
    await packImage({ folder: ${JSON.stringify(folder)}, image: 'box-pi', buildId: '${BUILD_B}' })
      .then(() => console.log('packed'), (error) => console.log(error.name + ': ' + error.message));`;
}

suite('a raw image is refused that', () => {
  test('is not there', async () => {
    await using boxes = await makeBoxes();
    await refused(await writeSet(boxes.root, 'box', 'box-pi'), /box-pi\.img is missing/);
  });

  test('is a folder', async () => {
    await using boxes = await makeBoxes();
    const set = await writeSet(boxes.root, 'box', 'box-pi');
    await mkdir(set.file('.img'));
    await refused(set, /box-pi\.img is not a regular file/);
  });

  test('is a link', async () => {
    await using boxes = await makeBoxes();
    const set = await writeSet(boxes.root, 'box', 'box-pi');
    await symlink('/etc/hostname', set.file('.img'));
    await refused(set, /box-pi\.img is a symbolic link/);
  });

  test('lies in no folder', async () => {
    await using boxes = await makeBoxes();
    await rejects(packImage({ folder: boxes.at('none'), image: 'box-pi', buildId: BUILD_B }), UserError);
  });

  for (const image of ['', '../box-pi', '.hidden', 'a/b', 'a\nb']) {
    test(`is named ${JSON.stringify(image)}`, async () => {
      await using boxes = await makeBoxes();
      await rejects(packImage({ folder: boxes.root, image }), /cannot be the name of an image/);
    });
  }

  const changes: [what: string, change: (raw: string) => void][] = [
    ['grows', (raw) => appendFileSync(raw, 'x')],
    ['shrinks', (raw) => truncateSync(raw, 9 * MIB)],
    ['is written to in place', (raw) => writeFileSync(raw, 'x', { flag: 'r+' })],
    ['is replaced by a copy', replaceByCopy],
    ['is removed', (raw) => rmSync(raw)],
  ];
  for (const [what, change] of changes) {
    test(`${what} meanwhile`, async () => {
      await using boxes = await makeBoxes();
      const set = await oldSet(boxes);
      let changed = false;
      const onProgress = () => {
        if (!changed) change(set.file('.img'));
        changed = true;
      };
      await refused(set, /box-pi\.img changed while it was packed/, { onProgress });
    });
  }
});

suite('without a build ID', () => {
  test('nothing is packed, whatever an old set says, and it is said what to give', async () => {
    await using boxes = await makeBoxes();
    const told = /No build ID can be read from inside box-pi\.img, .* pack --build-id <ID>/;
    await refused(await oldSet(boxes), told, { buildId: undefined });
  });

  test('that is one, it is the same, and said to be from inside the image', async () => {
    await using boxes = await makeBoxes();
    const readBuildId = async () => 'soon';
    await refused(await oldSet(boxes), /"soon", which box-pi\.img says inside, is no build ID/, { readBuildId });
  });

  for (const buildId of ['', 'abc', `${BUILD_B} `, `${BUILD_B}0`]) {
    test(`that is one, it is the same: ${JSON.stringify(buildId)}`, async () => {
      await using boxes = await makeBoxes();
      await refused(await oldSet(boxes), /is no build ID/, { buildId });
    });
  }
});

suite('the old set stays', () => {
  test('when packing was aborted before it began', async () => {
    await using boxes = await makeBoxes();
    const set = await oldSet(boxes);
    const before = await content(set);
    const reason = new Error('enough');
    const request = {
      folder: set.location.folder,
      image: 'box-pi',
      buildId: BUILD_B,
      signal: AbortSignal.abort(reason),
    };
    await rejects(packImage(request), reason);
    deepEqual(await content(set), before);
  });

  test('when packing is aborted while it compresses', async () => {
    await using boxes = await makeBoxes();
    const set = await oldSet(boxes);
    const before = await content(set);
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const request = { folder: set.location.folder, image: 'box-pi', buildId: BUILD_B, signal: stop.signal, onProgress };
    await rejects(packImage(request), { name: 'AbortError' });
    deepEqual(await content(set), before);
  });

  test('when packing is aborted after its checksums were put aside', async () => {
    await using boxes = await makeBoxes();
    const set = await oldSet(boxes);
    const before = await content(set);
    const stop = new AbortController();
    const request = { folder: set.location.folder, image: 'box-pi', buildId: BUILD_B, signal: stop.signal };
    const packing = rejects(packImage(request), { name: 'AbortError' });
    while (existsSync(set.file('.img.sha256'))) await setImmediate();
    stop.abort();
    await packing;
    deepEqual(await content(set), before);
  });

  test('when its image cannot be replaced', async () => {
    await using boxes = await makeBoxes();
    const set = await oldSet(boxes);
    await rm(set.file('.img.zst'));
    await mkdir(set.file('.img.zst'));
    const before = await content(set);
    await rejects(packImage({ folder: set.location.folder, image: 'box-pi', buildId: BUILD_B }), { code: 'EISDIR' });
    deepEqual(await content(set), before);
  });

  // the limit on a file's size (setrlimit(2), in KiB) stands for a full disk: both write less than asked, then nothing
  for (const limit of [0, 10_000, 20_480]) {
    test(`when the disk is full after ${limit} KiB`, async () => {
      await using boxes = await makeBoxes();
      const set = await oldSet(boxes);
      const before = await content(set);
      const module = path.resolve(import.meta.dirname, '../../src/images/packing/pack.ts');
      const output = await runModule(`ulimit -f ${limit}`, packingModule(module, set.location.folder));
      match(output, /^UserError: There is not enough room in .*the old set is as it was\.$/m);
      deepEqual(await content(set), before);
    });
  }
});

test('the compressor is not loaded before it is needed', async () => {
  const module = path.resolve(import.meta.dirname, '../../src/images/packing/pack.ts');
  const output = await runModule(
    ':',
    `import { createRequire } from 'node:module';
     await import(${JSON.stringify(pathToFileURL(module).href)});
     console.log(Object.keys(createRequire(${JSON.stringify(module)}).cache).filter((name) => name.includes('zstd')));`,
  );
  equal(output, '[]\n');
});
