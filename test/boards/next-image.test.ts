import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { nextImage } from '../../src/boards/next-image.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { buildId, makeSet } from '../server/harness.ts';
import { type Bench, BUILD, OLD, startBench } from './bench.ts';

/** What the only board of a bench gets next: the image, its build, and whether it runs another. */
async function next({ server, board }: Bench): Promise<unknown> {
  const snapshot = await new Catalog([server.boxes]).refresh();
  const found = nextImage(board(), snapshot);
  return found && [found.image.id, found.build, found.isOther];
}

describe('what a board gets next', () => {
  it('is the image it asked for, and the one it runs once it said so', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    assert.deepEqual(await next(bench), ['box/box-pi', BUILD, true]);
    await bench.boot(BUILD);
    assert.deepEqual(await next(bench), ['box/box-pi', BUILD, false]);
  });

  it('is the newest build, and a better image than the one it got, as soon as there is one', async () => {
    await using bench = await startBench();
    await bench.boot(BUILD);
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 2);
    assert.deepEqual(await next(bench), ['box/box-pi', buildId(2), true]);
    await makeSet(bench.server.boxes, 'box', 'box-pi-main', 1000, 3);
    assert.deepEqual(await next(bench), ['box/box-pi-main', buildId(3), true]);
  });

  it('is found for one that was refused, once it is built', async () => {
    await using bench = await startBench();
    await bench.boot(OLD, { query: 'name=box&board=pi&branch=new' });
    assert.equal(await next(bench), undefined);
    await makeSet(bench.server.boxes, 'box', 'box-pi-new', 1000, 2);
    assert.deepEqual(await next(bench), ['box/box-pi-new', buildId(2), true]);
  });

  it('has no build while it is incomplete', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    await rm(path.join(bench.server.boxes, 'box', 'box-pi.img.sha256'));
    assert.deepEqual(await next(bench), ['box/box-pi', undefined, false]);
  });

  it('is nothing other for one that does not say what it runs', async () => {
    await using bench = await startBench();
    await bench.boot(undefined, { as: '192.0.2.7' });
    assert.deepEqual(await next(bench), ['box/box-pi', BUILD, false]);
  });

  it('is the image that is asked for by its name', async () => {
    await using bench = await startBench();
    await bench.boot(undefined, { path: `/update/box/box-pi/${OLD}` });
    assert.deepEqual(await next(bench), ['box/box-pi', BUILD, true]);
  });
});
