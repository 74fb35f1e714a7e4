import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Inventory, InventoryFile } from '../../../src/contents/inventory.ts';
import { compareInventories } from '../../../src/contents/inventory-difference.ts';
import { type ChangesNode, changeGroups } from '../../../src/editor/changes/change-nodes.ts';
import { countsText, fileChangeText, groupText, packageChangeText } from '../../../src/editor/words/change-words.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';

function file(path: string, more: Partial<InventoryFile> = {}): InventoryFile {
  const sha256 = more.type === undefined ? '00' : undefined;
  return { path, type: 'file', mode: 0o644, uid: 0, gid: 0, bytes: 100, ...(sha256 && { sha256 }), ...more };
}

const FOLDER = { type: 'folder', mode: 0o755, bytes: 0 } as const;

function inventory(files: readonly InventoryFile[], more: Partial<Inventory> = {}): Inventory {
  return { image: 'box', files, initramfs: [], packages: [], boardConf: [], ...more };
}

/** A row as a line: as deep as it lies, its name and what it says. */
function lines(nodes: readonly ChangesNode[], depth = 0): string[] {
  return nodes.flatMap((node) => {
    const line = `${'  '.repeat(depth)}${lineOf(node)}`.trimEnd();
    return [line, ...('children' in node ? lines(node.children, depth + 1) : [])];
  });
}

function lineOf(node: ChangesNode): string {
  switch (node.kind) {
    case 'change group':
      return `${node.group}: ${plainSpaces(groupText(node.group, node.counts, PLAIN, 'en'))}`;
    case 'package change':
      return `${node.change.name}: ${plainSpaces(packageChangeText(node.change, 'en'))}`;
    case 'line change':
      return `${node.change.kind}: ${node.change.line}`;
    case 'change folder':
      return `${node.name}/: ${plainSpaces(countsText(node.counts, PLAIN, 'en'))}`;
    case 'file change':
      return `${node.name}: ${node.change.kind} ${plainSpaces(fileChangeText(node.change, PLAIN, 'en'))}`;
  }
}

describe('the rows of what differs between two builds', () => {
  it('are groups with counts, folders with what they add, and what changed of each file', () => {
    const before = inventory(
      [
        file('/bin/sh', { type: 'link', target: 'busybox', bytes: 0 }),
        file('/etc', FOLDER),
        file('/etc/init.d/net', { mode: 0o644 }),
        file('/etc/motd'),
        file('/home/gone', { bytes: 2_000 }),
        file('/lib/apk/db/installed'),
      ],
      {
        packages: [{ name: 'busybox', version: '1.36', bytes: 1_000 }],
        boardConf: ['box_branch="main"', 'buildID="1"'],
      },
    );
    const after = inventory(
      [
        file('/bin/sh', { type: 'link', target: 'bash', bytes: 0 }),
        file('/etc', { ...FOLDER, mode: 0o700 }),
        file('/etc/init.d/net', { mode: 0o755, uid: 1 }),
        file('/etc/motd', { sha256: '11', bytes: 112 }),
        file('/lib/apk/db/installed', { sha256: '22' }),
        file('/opt/new/tool', { bytes: 5_000 }),
      ],
      {
        packages: [
          { name: 'bash', version: '5.2', bytes: 4_000 },
          { name: 'busybox', version: '1.37', bytes: 1_500 },
        ],
        boardConf: ['box_branch="next"', 'buildID="2"'],
      },
    );
    const expected = [
      'packages: 1 added, 1 updated · +4.5 kB',
      '  bash: 5.2 · +4 kB',
      '  busybox: 1.36 → 1.37 · +500 bytes',
      'boardConf: 1 added, 1 removed',
      '  removed: box_branch="main"',
      '  added: box_branch="next"',
      'files: 1 added, 1 removed, 4 changed · +3 kB',
      '  bin/: 1 changed',
      '    sh: changed busybox → bash',
      '  etc/: 3 changed · +12 bytes',
      '    init.d/: 1 changed',
      '      net: changed mode 644 → 755 · owner 0:0 → 1:0',
      '    motd: changed content +12 bytes',
      '  home/: 1 removed · −2 kB',
      '    gone: removed −2 kB',
      '  opt/new/: 1 added · +5 kB',
      '    tool: added +5 kB',
    ];
    const difference = compareInventories(before, after);
    assert.deepEqual(lines(changeGroups(difference, false)), expected);
    assert.deepEqual(lines(changeGroups(difference, true)).slice(expected.length), [
      'expected: 1 added, 1 removed, 1 changed',
      '  removed: buildID="1"',
      '  added: buildID="2"',
      '  /lib/apk/db/installed: changed content',
    ]);
  });

  it('are none of what is the same', () => {
    const same = inventory([file('/etc/motd')]);
    assert.deepEqual(changeGroups(compareInventories(same, same), true), []);
  });
});
