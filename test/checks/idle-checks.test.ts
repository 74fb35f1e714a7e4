import assert from 'node:assert/strict';
import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { IdleChecks } from '../../src/checks/idle-checks.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog, type CatalogImage } from '../../src/images/catalog.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { makeSetIn } from './sets.ts';

const LIMIT = { timeout: 240_000 };

/** Three images in boxes of their own, of which the last was built last, and what examines them. */
async function makeBench(checks = new ImageChecks()) {
  const boxes = await makeBoxes();
  const names = ['one-box', 'two-box', 'three-box'];
  for (const [index, box] of names.entries()) {
    const { written } = await makeSetIn(boxes, box);
    const builtAt = new Date(Date.UTC(2026, 0, 1 + index));
    await utimes(written.file('.img.zst'), builtAt, builtAt);
  }
  const catalog = new Catalog([boxes.root]);
  await catalog.refresh();
  const examined: string[] = [];
  const isKnown = ({ state }: CatalogImage) => state.kind === 'ready' && checks.known(state.zstIdentity) !== undefined;
  checks.events.on('examined', () => {
    const { images } = catalog.snapshot;
    for (const { box } of images.filter(isKnown)) if (!examined.includes(box)) examined.push(box);
  });
  const failures: unknown[] = [];
  const situation = { isBusy: false };
  const idle = new IdleChecks({
    checks,
    images: () => catalog.snapshot.images,
    isBusy: () => situation.isBusy,
    onFailure: (error) => failures.push(error),
    idleMs: 5,
  });
  checks.events.on('examined', idle.look);
  return {
    boxes,
    catalog,
    checks,
    idle,
    situation,
    /** The boxes of the images that are known, in the order in which they became so. */
    examined,
    async [Symbol.asyncDispose]() {
      idle.close();
      await checks.close();
      await boxes[Symbol.asyncDispose]();
      assert.deepEqual(failures, []);
    },
  };
}

/** As where there are more images than are remembered: none is. */
class Forgetful extends ImageChecks {
  examined = 0;

  override known(): undefined {}

  override examine(...how: Parameters<ImageChecks['examine']>): ReturnType<ImageChecks['examine']> {
    this.examined++;
    return super.examine(...how);
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

describe('images that nobody asked for', () => {
  it('are examined while nothing else is to be done, the newest build first', LIMIT, async () => {
    await using bench = await makeBench();
    bench.idle.look();
    await until(() => bench.examined.length === 3);
    assert.deepEqual(bench.examined, ['three-box', 'two-box', 'one-box']);
    await until(() => bench.idle.left === 0);
  });

  it('wait while something else is to be done, and go on afterwards', LIMIT, async () => {
    await using bench = await makeBench();
    bench.situation.isBusy = true;
    bench.idle.look();
    await sleep(200);
    assert.deepEqual([bench.examined, bench.idle.left, bench.checks.isExamining], [[], 0, false]);
    bench.situation.isBusy = false;
    bench.idle.look();
    await until(() => bench.examined.length === 3);
  });

  it('give way in the middle of one, which is examined again later', LIMIT, async () => {
    await using bench = await makeBench();
    bench.idle.look();
    await until(() => bench.checks.isExamining);
    assert.ok(bench.idle.left > 0);
    const before = bench.examined.length;
    bench.situation.isBusy = true;
    bench.idle.look();
    await until(() => !bench.checks.isExamining);
    await sleep(100);
    assert.ok(bench.examined.length <= before + 1 && bench.examined.length < 3, bench.examined.join());
    bench.situation.isBusy = false;
    bench.idle.look();
    await until(() => bench.examined.length === 3);
  });

  it('are tried once where they changed, and again when they are seen as they are', LIMIT, async () => {
    await using bench = await makeBench();
    const [changed] = bench.catalog.snapshot.images;
    assert.ok(changed);
    await writeFile(path.join(changed.folder, `${changed.image}.img.zst`), 'another one');
    bench.idle.look();
    await until(() => bench.examined.length === 2);
    await until(() => !bench.checks.isExamining);
    assert.equal(bench.idle.left, 0);
    await bench.catalog.refresh(true);
    bench.idle.look();
    await until(() => bench.examined.length === 3);
  });

  it('are examined once, though what is found is not remembered', LIMIT, async () => {
    const checks = new Forgetful();
    await using bench = await makeBench(checks);
    bench.idle.look();
    await until(() => checks.examined > 3 || (checks.examined === 3 && bench.idle.left === 0));
    assert.equal(checks.examined, 3);
  });

  it('are left alone once that is closed', LIMIT, async () => {
    await using bench = await makeBench();
    bench.idle.look();
    bench.idle.close();
    bench.idle.look();
    await sleep(200);
    assert.deepEqual([bench.examined, bench.checks.isExamining], [[], false]);
  });
});
