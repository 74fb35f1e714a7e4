import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openSetDisk } from '../../../src/checks/image-disk.ts';
import type { FileTree } from '../../../src/contents/file-tree.ts';
import { openInitramfsTree, openRootTree } from '../../../src/contents/image-trees.ts';
import type { InsideNode, TreeName } from '../../../src/editor/inside/inside-node.ts';
import { treesOf } from '../../../src/editor/inside/inside-node.ts';
import { InsideRows } from '../../../src/editor/inside/inside-rows.ts';
import { UserError } from '../../../src/errors.ts';
import { Catalog, type CatalogImage } from '../../../src/images/catalog.ts';
import { makeSetWithTools } from '../../fixtures/tool-made-set.ts';
import { PLAIN } from '../plain-words.ts';

const CONTENT = { box: 'box', board: 'pi', branch: 'main' } as const;

describe('the rows of what is inside an image', () => {
  let boxes: string;
  let looks = 0;
  let obstacle: Error | undefined;
  let kept: number | undefined;
  const keptCount = async () => kept;
  before(async () => {
    boxes = await realpath(await mkdtemp(path.join(tmpdir(), 'mkbox-rows-')));
    await build('1');
  });
  after(() => rm(boxes, { recursive: true }));

  const build = (digit: string) =>
    makeSetWithTools(path.join(boxes, 'box'), {
      ...CONTENT,
      buildId: digit.repeat(64),
      rootFiles: { [`etc/build-${digit}`]: digit },
    });
  async function look<T>(image: CatalogImage, tree: TreeName, act: (files: FileTree) => Promise<T>): Promise<T> {
    looks++;
    if (obstacle !== undefined) throw obstacle;
    const disk = await openSetDisk(image, {});
    try {
      const opened = tree === 'files' ? await openRootTree(disk) : await openInitramfsTree(disk);
      assert.ok(!('kind' in opened), JSON.stringify(opened));
      return await act('tree' in opened ? opened.tree : opened);
    } finally {
      await disk.close();
    }
  }
  async function nodes(): Promise<InsideNode[]> {
    const [image] = (await new Catalog([boxes]).refresh()).images;
    assert.ok(image);
    return treesOf(image);
  }
  const named = (rows: readonly InsideNode[]) =>
    rows.map((row) => (row.kind === 'file' ? row.file.name : row.kind === 'package' ? row.installed.name : row.kind));
  const child = (rows: readonly InsideNode[], name: string): InsideNode => {
    const found = rows.find((row) => row.kind === 'file' && row.file.name === name);
    assert.ok(found, name);
    return found;
  };

  it('are packages, files and folders, which are read once for all redraws of the view', async () => {
    const rows = new InsideRows(look, keptCount, PLAIN);
    looks = 0;
    for (let redraw = 0; redraw < 5; redraw++) {
      const [packages, files, initramfs] = await nodes();
      assert.ok(packages && files && initramfs);
      assert.deepEqual(named(await rows.childrenOf(packages)), ['busybox']);
      const root = await rows.childrenOf(files);
      assert.ok(named(root).includes('boot'));
      assert.ok(named(await rows.childrenOf(child(root, 'etc'))).includes('build-1'));
      assert.ok(named(await rows.childrenOf(initramfs)).includes('board.conf'));
    }
    assert.equal(looks, 4);
  });

  it('tell how many packages there are when that is kept, and as soon as they are read', async () => {
    const rows = new InsideRows(look, keptCount, PLAIN);
    const [packages] = await nodes();
    assert.ok(packages?.kind === 'packages');
    looks = 0;
    kept = 7;
    assert.equal(await rows.packageCount(packages.image), 7);
    assert.equal(looks, 0);
    await rows.childrenOf(packages);
    assert.equal(await rows.packageCount(packages.image), 1);
    kept = undefined;
    assert.equal(await new InsideRows(look, keptCount, PLAIN).packageCount(packages.image), undefined);
  });

  it('are read again when the image was built anew', async () => {
    const rows = new InsideRows(look, keptCount, PLAIN);
    const etc = async () => {
      const [, files] = await nodes();
      assert.ok(files);
      return named(await rows.childrenOf(child(await rows.childrenOf(files), 'etc')));
    };
    assert.ok((await etc()).includes('build-1'));
    await build('2');
    assert.ok((await etc()).includes('build-2'));
  });

  it('are one that says why there are none, until the user tries again', async () => {
    const rows = new InsideRows(look, keptCount, PLAIN);
    const [, files] = await nodes();
    assert.ok(files);
    obstacle = new UserError('cancelled');
    looks = 0;
    const [why] = await rows.childrenOf(files);
    assert.ok(why?.kind === 'unreadable' && why.retry !== undefined);
    assert.equal(why.reason, 'cancelled');
    obstacle = undefined;
    assert.deepEqual(named(await rows.childrenOf(files)), ['unreadable']);
    assert.equal(looks, 1);
    rows.forget(why.retry);
    assert.ok(named(await rows.childrenOf(files)).includes('etc'));
  });

  it('are not kept when a bug keeps them from being read', async () => {
    const rows = new InsideRows(look, keptCount, PLAIN);
    const [, files] = await nodes();
    assert.ok(files);
    obstacle = new TypeError('as bugs go');
    await assert.rejects(rows.childrenOf(files), TypeError);
    obstacle = undefined;
    assert.ok(named(await rows.childrenOf(files)).includes('etc'));
  });
});
