import { equal } from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { HastyReads } from '../../src/images/hasty-reads.ts';
import { makeBoxes } from './image-sets.ts';

suite('pieces of an open file', () => {
  test('are read wherever they lie, large or small, and as far as they go', async () => {
    await using boxes = await makeBoxes();
    const content = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));
    await writeFile(boxes.at('file'), content);
    await using file = await open(boxes.at('file'));
    for (const reads of [await HastyReads.of(file.fd, boxes.at('file')), await HastyReads.of(file.fd, '/proc/x')]) {
      for (const [position, bytes] of [
        [0, 1],
        [65_530, 4096],
        [1000, 150_000],
        [199_000, 4096],
        [199_000, 100_000],
        [200_000, 16],
      ] as const) {
        const buffer = Buffer.alloc(bytes);
        const count = await reads.read(buffer, position);
        equal(count, Math.min(bytes, content.length - position));
        equal(buffer.subarray(0, count).equals(content.subarray(position, position + count)), true, `from ${position}`);
      }
    }
  });

  test('come at once where they are in memory, on disks of this machine', {
    skip: process.platform !== 'linux',
  }, async () => {
    await using boxes = await makeBoxes();
    await writeFile(boxes.at('file'), 'image');
    await using file = await open(boxes.at('file'));
    const reads = await HastyReads.of(file.fd, boxes.at('file'));
    const untilMs = performance.now() + 10_000;
    let count = reads.read(Buffer.alloc(5), 0);
    while (count instanceof Promise && performance.now() < untilMs) {
      await count; // its slice was over: the machine is busy
      count = reads.read(Buffer.alloc(5), 0);
    }
    equal(count, 5);
    const elsewhere = (await HastyReads.of(file.fd, '/proc/x')).read(Buffer.alloc(5), 0);
    equal(elsewhere instanceof Promise, true);
    equal(await elsewhere, 5); // before the file is closed
  });
});
