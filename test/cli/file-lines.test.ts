import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fileLines, fileObjects } from '../../src/cli/file-lines.ts';
import type { TreeFile } from '../../src/contents/file-tree.ts';

const status = { type: 'file', mode: 0o755, uid: 0, gid: 0, bytes: 9, links: 1, modifiedAt: 0, id: 1 } as const;
const capability = {
  name: 'security.capability',
  bytes: 20,
  value: Buffer.from('0100000200200000000000000000000000000000', 'hex'),
};
const FILES: readonly TreeFile[] = [
  { name: 'ls', status },
  { name: 'ping', status, attributes: [capability, { name: 'user.note', bytes: 5000, value: undefined }] },
  { name: 'worn', status, attributesFault: 'why' },
];

test('a file with extended attributes is marked, and its capabilities are told', () => {
  deepEqual(fileLines(FILES, { users: new Map(), groups: new Map() }), [
    '-rwxr-xr-x  1 0 0 9 1970-01-01 00:00 ls',
    '-rwxr-xr-x+ 1 0 0 9 1970-01-01 00:00 ping  [cap_net_raw=ep]',
    '-rwxr-xr-x+ 1 0 0 9 1970-01-01 00:00 worn',
  ]);
});

test('as JSON, they are told by name and size', () => {
  const told = fileObjects(FILES).map((file) => Object.entries(file).filter(([key]) => key.startsWith('attributes')));
  deepEqual(told, [
    [],
    [
      [
        'attributes',
        [
          { name: 'security.capability', size: 20, capabilities: 'cap_net_raw=ep' },
          { name: 'user.note', size: 5000, unread: 'ea_inode' },
        ],
      ],
    ],
    [['attributesError', 'why']],
  ]);
});
