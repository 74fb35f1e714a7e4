import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Inventories } from '../../src/checks/inventories.ts';
import { InventoryTaker } from '../../src/checks/inventory-taker.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { makeSetWithTools } from '../fixtures/tool-made-set.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { makeSet } from './sets.ts';

const BUILD = '1a'.repeat(32);
const PACES = { idle: 10, look: 5 };
const LIMIT = { timeout: 240_000 };

suite('inventories of builds that were found right', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-taker-'));
    const content = { box: 'my-box', board: 'pi', buildId: BUILD, rootMib: 16 };
    await rm(`${await makeSetWithTools(path.join(folder, 'boxes', 'my-box'), content)}.img`);
  });
  after(() => rm(folder, { recursive: true }));

  async function setOf(boxes: string) {
    const [image] = (await new Catalog([boxes]).refresh()).images;
    if (image?.state.kind !== 'ready') throw new Error('there is no set');
    const { zstIdentity: identity, buildId, checksums } = image.state;
    return { ...image, identity, buildId, checksums };
  }

  test('are taken while nothing else is to be done, once', LIMIT, async () => {
    const checks = new ImageChecks();
    const inventories = new Inventories(path.join(folder, 'inventories'));
    const failures: string[] = [];
    let isServing = true;
    const isBusy = () => isServing;
    const onFailure = (text: string) => failures.push(text);
    const taker = new InventoryTaker({ checks, inventories, isBusy, onFailure, paces: PACES });
    checks.events.on('right', (set) => taker.add(set));
    const set = await setOf(path.join(folder, 'boxes'));
    equal((await checks.verdict(set)).kind, 'right');
    await setTimeout(200);
    deepEqual(await inventories.list(), []);
    isServing = false;
    deepEqual(await once(inventories.events, 'kept'), [BUILD]);
    const inventory = await inventories.get(BUILD);
    deepEqual([inventory?.image, inventory?.packages.map(({ name }) => name)], ['my-box-pi', ['busybox']]);
    inventories.events.once('kept', () => failures.push('taken again'));
    await checks.verdict(set);
    await setTimeout(100);
    deepEqual(failures, []);
    await taker.close();
    await checks.close();
  });

  test('give way, and are taken later', LIMIT, async () => {
    const checks = new ImageChecks();
    const inventories = new Inventories(path.join(folder, 'later'));
    let looks = 0;
    // it is let in, found out at its first look, and let in again
    const isBusy = () => ++looks === 2;
    const taker = new InventoryTaker({ checks, inventories, isBusy, onFailure: () => {}, paces: PACES });
    checks.events.on('right', (set) => taker.add(set));
    await checks.verdict(await setOf(path.join(folder, 'boxes')));
    await once(inventories.events, 'kept');
    equal(looks > 3, true);
    await taker.close();
    await checks.close();
  });

  test('are none of an image without a file system, and it is told why', LIMIT, async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    const checks = new ImageChecks();
    const inventories = new Inventories(boxes.at('inventories'));
    const { promise, resolve } = Promise.withResolvers<string>();
    const taker = new InventoryTaker({ checks, inventories, isBusy: () => false, onFailure: resolve, paces: PACES });
    checks.events.on('right', (set) => taker.add(set));
    await checks.verdict(set);
    match(await promise, /^no inventory of docker-box-odroid-c4-main was taken: the file system is damaged/);
    await taker.close();
    await checks.close();
  });
});
