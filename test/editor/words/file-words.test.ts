import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeFile } from '../../../src/contents/file-tree.ts';
import { attributeLines, fileDescription } from '../../../src/editor/words/file-words.ts';
import { ENGLISH } from '../../../src/words.ts';
import { plainSpaces } from '../plain-words.ts';

const status = { type: 'file', mode: 0o644, uid: 0, gid: 0, bytes: 1_500, links: 1, modifiedAt: 0, id: 1 } as const;

const rows: readonly (readonly [text: string, file: TreeFile])[] = [
  ['1.5 kB · -rw-r--r--', { name: 'motd', status }],
  ['70 bytes · -rwsr-xr-x', { name: 'su', status: { ...status, bytes: 70, mode: 0o4755 } }],
  ['1.5 kB · -rw-r--r-- · 1000:100', { name: 'mine', status: { ...status, uid: 1000, gid: 100 } }],
  ['drwxr-xr-x', { name: 'etc', status: { ...status, type: 'folder', mode: 0o755 } }],
  ['→ busybox', { name: 'sh', status: { ...status, type: 'link', mode: 0o777 }, target: 'busybox' }],
  [
    '8, 1 · brw-rw----',
    { name: 'sda1', status: { ...status, type: 'block device', mode: 0o660, device: { major: 8, minor: 1 } } },
  ],
];

for (const [text, file] of rows) {
  test(`${file.name} is described as ${text}`, () => equal(plainSpaces(fileDescription(file, 'en')), text));
}

test('the extended attributes of a file are told one by one', () => {
  const value = Buffer.from('0100000200200000000000000000000000000000', 'hex');
  const attributes = [
    { name: 'security.capability', bytes: 20, value },
    { name: 'user.note', bytes: 70_000, value: undefined },
  ];
  const lines = attributeLines({ name: 'ping', status, attributes, attributesFault: 'why' }, ENGLISH, 'en');
  deepEqual(lines.map(plainSpaces), [
    'security.capability: cap_net_raw=ep',
    'user.note: 70 kB',
    "extended attributes can't be read: why",
  ]);
  deepEqual(attributeLines({ name: 'motd', status }, ENGLISH, 'en'), []);
});
