import assert from 'node:assert/strict';
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { PinnedFile } from '../../../src/images/pinned-file.ts';
import { ImageBlocks, ShortReadError, type TransferBlocks } from '../../../src/server/sending/image-blocks.ts';

const BLOCK = 65_536;
const later = () => Date.now() + 60_000;

interface Place extends AsyncDisposable {
  readonly file: string;
  pin(): Promise<PinnedFile>;
}

/** A file of `bytes` bytes, each of which is the number of its block. */
async function place(bytes: number): Promise<Place> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-blocks-'));
  const file = path.join(folder, 'image');
  await writeFile(
    file,
    Buffer.alloc(bytes).map((_, index) => Math.floor(index / BLOCK)),
  );
  const pinned: PinnedFile[] = [];
  return {
    file,
    async pin() {
      const opened = await PinnedFile.open(folder, folder, 'image');
      assert.ok(typeof opened !== 'string');
      pinned.push(opened);
      return opened;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pinned.map((opened) => opened.close()));
      await rm(folder, { recursive: true });
    },
  };
}

const sharesMemory = async (one: TransferBlocks, other: TransferBlocks, position: number) => {
  const [a, b] = await Promise.all([one.take(position, BLOCK), other.take(position, BLOCK)]);
  assert.deepEqual(a.bytes, b.bytes);
  const isShared = a.bytes.buffer === b.bytes.buffer;
  one.give(a);
  other.give(b);
  return isShared;
};

describe('blocks of an image', () => {
  it('begin at a multiple of their size, and end where the file ends', async () => {
    await using image = await place(2 * BLOCK + 100);
    const blocks = new ImageBlocks(later).open(await image.pin());
    const middle = await blocks.take(BLOCK + 7, BLOCK);
    assert.equal(middle.start, BLOCK);
    assert.deepEqual(middle.bytes, Buffer.alloc(BLOCK, 1));
    assert.deepEqual((await blocks.take(2 * BLOCK, BLOCK)).bytes, Buffer.alloc(100, 2));
    blocks.close();
  });

  it('are read once for all transfers that send the same state of a file', async () => {
    await using image = await place(4 * BLOCK);
    const all = new ImageBlocks(later);
    const [one, other] = [all.open(await image.pin()), all.open(await image.pin())];
    assert.equal(await sharesMemory(one, other, 0), true);
    const first = await one.take(BLOCK, BLOCK);
    one.give(first); // nobody uses it now
    const second = await other.take(BLOCK, BLOCK);
    assert.equal(second.bytes.buffer, first.bytes.buffer);
    other.give(second);
  });

  it('are not shared with transfers of another state', async () => {
    await using image = await place(2 * BLOCK);
    const all = new ImageBlocks(later);
    const before = all.open(await image.pin());
    const old = await before.take(0, BLOCK);
    await writeFile(image.file, Buffer.alloc(2 * BLOCK, 9));
    const after = all.open(await image.pin());
    assert.deepEqual((await after.take(0, BLOCK)).bytes, Buffer.alloc(BLOCK, 9));
    assert.deepEqual(old.bytes, Buffer.alloc(BLOCK, 0));
  });

  it('are not shared while a write might leave the times of the file as they are', async () => {
    await using image = await place(2 * BLOCK);
    const all = new ImageBlocks();
    assert.equal(await sharesMemory(all.open(await image.pin()), all.open(await image.pin()), 0), false);
  });

  it('are not overwritten while one of the transfers still sends them, even if it has them twice', async () => {
    await using image = await place(8 * BLOCK);
    const all = new ImageBlocks(later);
    const [one, other] = [all.open(await image.pin()), all.open(await image.pin())];
    const [mine, again, theirs] = [await one.take(0, BLOCK), await one.take(9, BLOCK), await other.take(0, BLOCK)];
    one.give(mine);
    one.give(mine);
    other.give(theirs);
    other.close();
    for (let block = 1; block < 8; block++) one.give(await one.take(block * BLOCK, BLOCK));
    assert.deepEqual(again.bytes, Buffer.alloc(BLOCK, 0));
  });

  it('are forgotten with the last transfer of a file', async () => {
    await using image = await place(2 * BLOCK);
    const all = new ImageBlocks(later);
    const pinned = await image.pin();
    const [one, other] = [all.open(pinned), all.open(pinned)];
    assert.equal(await sharesMemory(one, other, 0), true);
    one.close();
    other.close();
    await using file = await open(image.file, 'r+');
    await file.write(Buffer.alloc(BLOCK, 7), 0, BLOCK, 0);
    const next = all.open(pinned); // pinned before: only what is in memory could be old
    assert.deepEqual((await next.take(0, BLOCK)).bytes, Buffer.alloc(BLOCK, 7));
  });

  it('take a bounded amount of memory, however large the file is', async () => {
    await using image = await place(0);
    await truncate(image.file, 200_000_000);
    const all = new ImageBlocks(later);
    const [one, other] = [all.open(await image.pin()), all.open(await image.pin())];
    const before = process.memoryUsage().arrayBuffers;
    for (let position = 0; position < 200_000_000; position += BLOCK) one.give(await one.take(position, BLOCK));
    assert.ok(process.memoryUsage().arrayBuffers - before < 50_000_000);
    one.close();
    other.close();
  });

  it('that are missing are an error for all who wait, and read again by who comes then', async () => {
    await using image = await place(4 * BLOCK);
    const all = new ImageBlocks(later);
    const pinned = await image.pin();
    const [one, other] = [all.open(pinned), all.open(pinned)];
    await truncate(image.file, BLOCK);
    const [mine, theirs] = await Promise.allSettled([one.take(2 * BLOCK, BLOCK), other.take(2 * BLOCK, BLOCK)]);
    assert.ok(mine.status === 'rejected' && mine.reason instanceof ShortReadError);
    assert.ok(theirs.status === 'rejected' && theirs.reason instanceof ShortReadError);
    await truncate(image.file, 4 * BLOCK);
    assert.deepEqual((await one.take(2 * BLOCK, BLOCK)).bytes, Buffer.alloc(BLOCK, 0));
    one.close();
    other.close();
  });
});
