import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { openInitramfsTree, openRootTree, treesFaultText } from '../../src/contents/image-trees.ts';
import { makeDiskImage, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { CONTENT, diskOf, rootOf } from './disks.ts';

suite('the files of an image are not shown', () => {
  const textFor = async (image: Buffer) => {
    const opened = await openRootTree(diskOf(image));
    return 'kind' in opened && treesFaultText(opened);
  };
  const UNFIT = 'the second partition holds no ext2, ext3 or ext4 file system that fits into it';

  test('where there is no second partition, as in a file system of its own', async () => {
    const image = makeDiskImage(CONTENT);
    const alone = image.subarray(1024 * 1024);
    equal(await textFor(alone), 'there is no second partition, where the root file system should be');
    image.writeUInt8(0, 446 + 16 + 4);
    equal(await textFor(image), 'there is no second partition, where the root file system should be');
  });

  test('where the second partition holds something else', async () => {
    const image = makeDiskImage(CONTENT);
    image.fill(0, rootOf(image).start);
    equal(await textFor(image), UNFIT);
  });

  test('where the file system is larger than the second partition', async () => {
    const image = makeDiskImage(CONTENT);
    const blocksAt = rootOf(image).start + 1024 + 4;
    image.writeUInt32LE(image.readUInt32LE(blocksAt) + 1, blocksAt);
    equal(await textFor(image), UNFIT);
  });
});

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
