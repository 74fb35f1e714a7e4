import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FileTree } from '../../src/contents/file-tree.ts';
import { readNewcTree } from '../../src/contents/newc-tree.ts';
import { parseNames, readOwners } from '../../src/contents/owners.ts';
import { FILE, FOLDER, newcArchive } from '../fixtures/newc-archive.ts';

suite('the names of owners', () => {
  test('are in the lines of passwd, by their numbers', () => {
    const text =
      'root:x:0:0:root:/root:/bin/sh\n\n# nobody:x\nbroken\ntoor:x:0:0\nuser:x:1000:1000::/home/user:/bin/sh\n';
    deepEqual(
      [...parseNames(text)],
      [
        [0, 'root'],
        [1000, 'user'],
      ],
    );
  });

  test('are those of the tree, and none where it has none', async () => {
    const archive = newcArchive(
      [
        { name: 'etc', mode: FOLDER | 0o755 },
        { name: 'etc/group', mode: FILE | 0o644, content: Buffer.from('wheel:x:10:root\n') },
      ],
      0,
    );
    const root = await readNewcTree(async function* () {
      yield archive;
    });
    deepEqual(await readOwners(new FileTree(root)), { users: new Map(), groups: new Map([[10, 'wheel']]) });
  });
});
