import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { runCommand } from './run-command.ts';

describe('update-server pack', () => {
  let folder: string;
  let raw: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-pack-'));
    raw = path.join(folder, 'box', 'box-pi.img');
    await mkdir(path.dirname(raw));
    await writeFile(raw, Buffer.alloc(100_000, 'image'));
  });
  after(() => rm(folder, { recursive: true }));

  it('says that it needs a build ID where the image says none, whatever an old set says', async () => {
    await writeFile(`${raw}.buildID`, `${'ef'.repeat(32)}  box-pi.img\n`);
    const { status, stderr } = await runCommand(['pack', raw], {});
    assert.equal(status, 1);
    assert.match(stderr, /^update-server: No build ID can be read from inside box-pi\.img, .*--build-id.*\n$/);
  });

  it('makes a set that is handed out', async () => {
    const buildId = 'ab'.repeat(32);
    const { status, stdout } = await runCommand(['pack', '--build-id', buildId, raw], {});
    assert.equal(status, 0);
    assert.match(stdout, /^box-pi\.img\.zst: \d+ bytes of 100000\nbuild ID (ab){32}\n/);
    const { images } = await new Catalog([folder]).refresh();
    assert.deepEqual(
      images.map(({ id, state }) => [id, state.kind === 'ready' && state.buildId]),
      [['box/box-pi', buildId]],
    );
  });

  it('takes one raw image, by its name', async () => {
    for (const args of [
      ['pack'],
      ['pack', 'a.img', 'b.img'],
      ['pack', 'image.raw'],
      ['pack', 'a.img', '--build-id'],
      ['pack', 'a.img', '-x'],
    ]) {
      const { status, stderr } = await runCommand(args, {});
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, /^update-server: [^\n]+\n$/);
    }
  });

  it('takes the build ID from inside the image, whatever an old set says', async () => {
    const set = await writeImageSet(
      path.join(folder, 'box'),
      { box: 'box', board: 'c4', buildId: 'cd'.repeat(32) },
      { keepRaw: true },
    );
    await writeFile(set.file('.img.buildID'), `${'ab'.repeat(32)}  box-c4.img\n`);
    const { status, stdout } = await runCommand(['pack', set.file('.img')], {});
    assert.equal(status, 0);
    assert.match(stdout, /^build ID (cd){32}$/m);
    const given = await runCommand(['pack', set.file('.img'), '--build-id', 'ab'.repeat(32)], {});
    assert.match(given.stdout, /^build ID (cd){32}, as the image says inside; the one given is not used$/m);
    const verified = await runCommand(['verify', 'box-c4'], { IMAGE_PATH: folder });
    assert.equal(verified.status, 0, verified.stdout);
  });
});
