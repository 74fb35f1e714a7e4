import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { openInitramfsTree, treesFaultText } from '../../src/contents/image-trees.ts';
import { makeDiskImage, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { CONTENT, diskOf } from './disks.ts';

suite('the files of an initramfs', () => {
  const archive = gunzipSync(makeInitramfs(CONTENT).subarray(64));

  test('are not shown where it is compressed with something else than gzip, which is no damage', async () => {
    const packed = zstdCompressSync(archive);
    for (const initramfs of [packed, ubootRamdisk(packed), ubootRamdisk(Buffer.concat([archive, packed]))]) {
      const opened = await openInitramfsTree(diskOf(makeDiskImage({ ...CONTENT, initramfs })));
      deepEqual(
        'kind' in opened && treesFaultText(opened),
        'the initramfs is compressed with zstd, and only gzip can be read',
      );
    }
  });
});
