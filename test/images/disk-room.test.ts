import { equal, ok } from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { suite, test } from 'node:test';
import { diskRoom, hasRoom } from '../../src/images/disk-room.ts';

suite('the room on a disk', () => {
  test('is told, and is enough or not', async () => {
    const room = await diskRoom(tmpdir());
    ok(room !== undefined && room.sizeBytes > 0 && room.freeBytes <= room.sizeBytes);
    equal(await hasRoom(tmpdir(), 1), true);
    equal(await hasRoom(tmpdir(), 2 ** 60), false);
  });

  test('is not known, and so no reason to write nothing, where a file system does not count it', {
    skip: process.platform !== 'linux',
  }, async () => {
    equal(await diskRoom('/proc'), undefined);
    equal(await hasRoom('/proc', 2 ** 60), true);
  });
});
