import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Inventory, InventoryFile } from '../../src/contents/inventory.ts';
import { compareInventories, isNone, unexpectedOf } from '../../src/contents/inventory-difference.ts';
import type { InstalledPackage } from '../../src/contents/packages.ts';

const EMPTY: Inventory = { image: 'x', files: [], initramfs: [], packages: [], boardConf: [] };
const FILE: InventoryFile = { path: '/f', type: 'file', mode: 0o644, uid: 0, gid: 0, bytes: 10, sha256: 'aa' };
const LINK: InventoryFile = { path: '/f', type: 'link', mode: 0o777, uid: 0, gid: 0, bytes: 0, target: 'a' };
const NULL: InventoryFile = {
  path: '/f',
  type: 'character device',
  mode: 0o666,
  uid: 0,
  gid: 0,
  bytes: 0,
  device: { major: 1, minor: 3 },
};

function withFiles(...files: InventoryFile[]): Inventory {
  return { ...EMPTY, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function fileChanges(before: Inventory, after: Inventory) {
  return compareInventories(before, after).files.map(({ kind, path, changes, bytes }) =>
    [kind, path, ...changes, bytes].join(' '),
  );
}

suite('the difference of two inventories', () => {
  const rows: Record<string, [InventoryFile, Partial<InventoryFile>, string[]]> = {
    'none of a file that is the same': [FILE, {}, []],
    'its content': [FILE, { sha256: 'bb' }, ['changed /f content 0']],
    'its content, and bytes that it adds': [FILE, { sha256: 'bb', bytes: 15 }, ['changed /f content 5']],
    'bytes that it frees': [FILE, { sha256: 'bb', bytes: 4 }, ['changed /f content -6']],
    'its mode': [FILE, { mode: 0o4644 }, ['changed /f mode 0']],
    'its owner': [FILE, { uid: 1000 }, ['changed /f owner 0']],
    'its group': [FILE, { gid: 1000 }, ['changed /f owner 0']],
    'what its program may do': [
      FILE,
      { attributes: { 'security.capability': 'AQAAAg==' } },
      ['changed /f attributes 0'],
    ],
    'all of them': [FILE, { sha256: 'bb', mode: 0o600, uid: 1 }, ['changed /f content mode owner 0']],
    "a link's target": [LINK, { target: 'b' }, ['changed /f target 0']],
    'what a device stands for': [NULL, { device: { major: 1, minor: 5 } }, ['changed /f content 0']],
    'its name': [FILE, { path: '/g' }, ['removed /f -10', 'added /g 10']],
  };
  for (const [name, [before, change, expected]] of Object.entries(rows)) {
    test(`is ${name}`, () => {
      deepEqual(fileChanges(withFiles(before), withFiles({ ...before, ...change })), expected);
    });
  }

  test('is the type alone where a file became a link', () => {
    deepEqual(fileChanges(withFiles(FILE), withFiles({ ...LINK, mode: FILE.mode })), ['changed /f type -10']);
  });

  test('is found wherever a file stands', () => {
    const at = (path: string, sha256 = 'aa') => ({ ...FILE, path, sha256 });
    deepEqual(
      fileChanges(withFiles(at('/a'), at('/a-b'), at('/a/b')), withFiles(at('/a'), at('/a/b', 'bb'), at('/z'))),
      ['removed /a-b -10', 'changed /a/b content 0', 'added /z 10'],
    );
    deepEqual(fileChanges(EMPTY, EMPTY), []);
  });

  test('is of packages by their versions, and by their sizes', () => {
    const of = (name: string, version: string, bytes: number): InstalledPackage => ({ name, version, bytes });
    const before = [of('a', '1-r0', 5), of('b', '1-r0', 10), of('c', '1-r0', 10), of('e', '1-r0', 1)];
    const after = [of('b', '1-r1', 12), of('c', '1-r0', 11), of('d', '2-r0', 7), of('e', '1-r0', 1)];
    const { packages } = compareInventories({ ...EMPTY, packages: before }, { ...EMPTY, packages: after });
    deepEqual(
      packages.map(({ kind, name, before, after, bytes }) => [kind, name, before?.version, after?.version, bytes]),
      [
        ['removed', 'a', '1-r0', undefined, -5],
        ['updated', 'b', '1-r0', '1-r1', 2],
        ['updated', 'c', '1-r0', '1-r0', 1],
        ['added', 'd', undefined, '2-r0', 7],
      ],
    );
  });

  test('is of board.conf by its lines, wherever they stand', () => {
    const before = { ...EMPTY, boardConf: ['board=pi', 'buildID=1', 'x=1', 'x=1'] };
    const after = { ...EMPTY, boardConf: ['buildID="2"', 'x=1', 'board=pi', 'domain=lab'] };
    deepEqual(compareInventories(before, after).boardConf, [
      { kind: 'removed', line: 'buildID=1', isExpected: true },
      { kind: 'removed', line: 'x=1', isExpected: false },
      { kind: 'added', line: 'buildID="2"', isExpected: true },
      { kind: 'added', line: 'domain=lab', isExpected: false },
    ]);
  });
});

suite('what every build has', () => {
  const contents: Record<string, boolean> = {
    '/boot/initramfs': true,
    '/lib/apk/db/installed': true,
    '/lib/apk/db/scripts.tar.gz': true,
    '/usr/lib/apk/db/installed': true,
    '/etc/machine-id': true,
    '/etc/ssh/ssh_host_ed25519_key': true,
    '/etc/ssh/ssh_host_rsa_key.pub': true,
    '/etc/ssh/sshd_config': false,
    '/etc/dropbear/dropbear_rsa_host_key': true,
    '/var/log/messages': true,
    '/var/lib/seedrng/seed.credit': true,
    '/etc/shadow': false,
    '/home/var/log/x': false,
    '/board.conf': false,
  };
  for (const [path, isExpected] of Object.entries(contents)) {
    test(`is ${isExpected ? '' : 'not '}another content of ${path}`, () => {
      const file = { ...FILE, path };
      const changed = { ...file, sha256: 'bb' };
      equal(compareInventories(withFiles(file), withFiles(changed)).files[0]?.isExpected, isExpected);
      const open = { ...changed, mode: 0o666 };
      equal(compareInventories(withFiles(file), withFiles(open)).files[0]?.isExpected, false);
    });
  }

  test('is a log that comes or goes, and no key that does', () => {
    const added = (path: string) => compareInventories(EMPTY, withFiles({ ...FILE, path })).files[0]?.isExpected;
    deepEqual(
      ['/var/log/apk.log', '/boot/init.log', '/var/cache/apk/APKINDEX.1.tar.gz', '/etc/ssh/ssh_host_rsa_key'].map(
        added,
      ),
      [true, true, true, false],
    );
  });

  test('is the board.conf of the initramfs, and can be left out', () => {
    const conf = { ...FILE, path: '/board.conf' };
    const before = { ...EMPTY, initramfs: [conf], boardConf: ['buildID=1'] };
    const after = { ...EMPTY, initramfs: [{ ...conf, sha256: 'bb' }], boardConf: ['buildID=2'] };
    const difference = compareInventories(before, after);
    deepEqual([isNone(difference), isNone(unexpectedOf(difference))], [false, true]);
    equal(isNone(unexpectedOf(compareInventories(before, { ...after, files: [FILE] }))), false);
  });
});
