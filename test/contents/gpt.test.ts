import { equal } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { readGptEnd } from '../../src/contents/gpt.ts';
import { diskOf } from './disks.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/other-kinds/gpt.zst');
/** Where sfdisk put the header, and two partitions of 34 and 6 MiB from 1 MiB on. */
const HEADER_AT = 512;
const END = 41 * 1024 ** 2;

suite('the end of the partitions in a GPT', async () => {
  const raw = zstdDecompressSync(await readFile(FIXTURE)).subarray(0, 1024 ** 2);
  const endOf = (change: (image: Buffer) => void = () => {}) => {
    const image = Buffer.from(raw);
    change(image);
    return readGptEnd(diskOf(image));
  };

  test('is that of the last one that sfdisk made', async () => {
    equal(await endOf(), END);
  });

  test('is not told by what has no table, or one that is none', async () => {
    equal(await readGptEnd(diskOf(Buffer.alloc(700))), 0);
    equal(await endOf((image) => image.fill(0, HEADER_AT, HEADER_AT + 8)), 0);
    equal(await endOf((image) => image.writeUInt32LE(0, HEADER_AT + 84)), 0);
    equal(await endOf((image) => image.writeUInt32LE(0xffffffff, HEADER_AT + 80)), 0);
    equal(await endOf((image) => image.writeBigUInt64LE(2n ** 64n - 1n, HEADER_AT + 72)), 0);
  });

  test('is a number, whatever an entry says', async () => {
    equal(await endOf((image) => image.writeBigUInt64LE(2n ** 64n - 1n, 1024 + 40)), Number.MAX_SAFE_INTEGER);
  });
});
