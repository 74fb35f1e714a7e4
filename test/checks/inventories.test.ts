import { deepEqual, equal, fail, match } from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Inventories, type KeepingBounds } from '../../src/checks/inventories.ts';
import { packInventory } from '../../src/checks/inventory-file.ts';
import type { Inventory } from '../../src/contents/inventory.ts';

const idOf = (digit: string) => digit.repeat(64);

function inventoryOf(digit: string): Inventory {
  return {
    image: 'my-box-pi',
    buildId: idOf(digit),
    files: [
      { path: '/', type: 'folder', mode: 0o755, uid: 0, gid: 0, bytes: 0 },
      { path: '/dev', type: 'character device', mode: 0o600, uid: 0, gid: 0, bytes: 0, device: { major: 1, minor: 3 } },
      {
        path: '/f',
        type: 'file',
        mode: 0o644,
        uid: 0,
        gid: 0,
        bytes: 3,
        sha256: 'ab'.repeat(32),
        attributes: { a: 'AA==' },
      },
      { path: '/l', type: 'link', mode: 0o777, uid: 0, gid: 0, bytes: 0, target: 'f' },
    ],
    initramfs: [],
    packages: [{ name: 'busybox', version: '1-r0', bytes: 1, license: 'MIT' }],
    boardConf: ['board=pi'],
  };
}

suite('kept inventories', () => {
  let folder: string;
  let told: string[];
  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'mkbox-inventories-')), 'inventories');
    told = [];
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true }));

  function open(bounds?: KeepingBounds): Inventories {
    const inventories = new Inventories(folder, bounds);
    inventories.events.on('kept', (id) => told.push(`kept ${id[0]}`));
    inventories.events.on('unkept', (code) => told.push(`unkept ${code}`));
    inventories.events.on('damaged', (text) => told.push(text));
    return inventories;
  }
  const fileOf = (digit: string) => path.join(folder, `${idOf(digit)}.inventory`);

  test('outlive the process, and are found by the beginning of their build ID', async () => {
    await open().keep(inventoryOf('1'));
    const { buildId: _, ...nameless } = inventoryOf('2');
    await open().keep(nameless);
    await open().keep({ ...nameless, buildId: '../../evil' });
    deepEqual(await open().get(idOf('1')), inventoryOf('1'));
    equal(await open().get(idOf('2')), undefined);
    deepEqual([await open().find('111'), await open().find('2')], [[idOf('1')], []]);
    deepEqual([told, await readdir(folder)], [['kept 1'], [`${idOf('1')}.inventory`]]);
  });

  test('come back whole however many files they have, while other work has its turn', async () => {
    const file = inventoryOf('1').files.find(({ path }) => path === '/f') ?? fail();
    const files = Array.from({ length: 20_000 }, (_, index) => ({ ...file, path: `/usr/${index}` }));
    const initramfs = files.slice(0, 250);
    await open().keep({ ...inventoryOf('1'), files, initramfs });
    let turns = 0;
    const other = setInterval(() => turns++, 1);
    const read = await open().get(idOf('1'));
    clearInterval(other);
    deepEqual([read?.files, read?.initramfs], [files, initramfs]);
    equal(turns >= 3, true, `${turns} turns`);
  });

  test('tell how many packages there are without being read', async () => {
    const packages = Array.from({ length: 700 }, (_, index) => ({ name: `p${index}`, version: '1', bytes: index }));
    await open().keep({ ...inventoryOf('1'), packages });
    equal(await open().packageCount(idOf('1')), 700);
    await writeFile(fileOf('2'), 'damaged');
    await writeFile(fileOf('3'), gzipSync('{"format":1,"inventory":{}}'));
    deepEqual(await Promise.all(['2', '3', '4'].map((digit) => open().packageCount(idOf(digit)))), [
      undefined,
      undefined,
      undefined,
    ]);
    deepEqual(await open().packageCount('../../evil'), undefined);
    deepEqual(told, ['kept 1']);
  });

  test('are so many, and of so many bytes: the one that was not used for longest goes', async () => {
    const inventories = open({ mostKept: 2, mostBytes: 1e6 });
    for (const [index, digit] of ['1', '2'].entries()) {
      await inventories.keep(inventoryOf(digit));
      await utimes(fileOf(digit), index, index);
    }
    await inventories.get(idOf('1'));
    await inventories.keep(inventoryOf('3'));
    deepEqual((await inventories.list()).map(({ buildId }) => buildId[0]).sort(), ['1', '3']);
    await open({ mostKept: 9, mostBytes: 1 }).keep(inventoryOf('4'));
    deepEqual((await inventories.list()).length, 1);
  });

  test('are passed over where they are damaged', async () => {
    const inventories = open();
    await inventories.keep(inventoryOf('1'));
    const whole = await readFile(fileOf('1'));
    const wrong = { ...inventoryOf('1'), files: [{ path: '/f' }] };
    const contents: Record<string, [Buffer, RegExp]> = {
      cut: [whole.subarray(0, -9), /cannot be unpacked/],
      'another byte': [Buffer.from(whole.map((byte, index) => (index === 40 ? byte ^ 1 : byte))), /damaged/],
      nothing: [Buffer.alloc(0), /cannot be unpacked/],
      'no JSON': [gzipSync('{'), /not JSON/],
      null: [gzipSync('null'), /undefined is a format/],
      later: [gzipSync('{"format":3}'), /3 is a format/],
      wrong: [await packInventory(wrong as unknown as Inventory), /no inventory/],
      'without a line': [gzipSync(gunzipSync(whole).toString().split('\n').slice(0, -1).join('\n')), /no inventory/],
      'a line more': [gzipSync(`${gunzipSync(whole)}\n[]`), /no inventory/],
      other: [await packInventory(inventoryOf('2')), /another build/],
    };
    for (const [name, [content, message]] of Object.entries(contents)) {
      await writeFile(fileOf('1'), content);
      equal(await inventories.get(idOf('1')), undefined, name);
      match(told.pop() ?? '', message, name);
    }
    await truncate(fileOf('1'), 1e9);
    equal(await inventories.get(idOf('1')), undefined);
    match(told.pop() ?? '', /too large/);
  });

  test('are none where the folder is a file, and that is told', async () => {
    await writeFile(folder, '');
    const inventories = open();
    await inventories.keep(inventoryOf('1'));
    deepEqual([await inventories.list(), await inventories.get(idOf('1')), told], [[], undefined, ['unkept EEXIST']]);
  });

  test('are none where the folder cannot be read, and that is told', async () => {
    await symlink('inventories', folder); // a loop: ELOOP
    deepEqual(await open().list(), []);
    deepEqual(told, [`can't read ${folder} (ELOOP)`]);
  });

  test('are files; a folder of that name is none', async () => {
    await mkdir(fileOf('1'), { recursive: true });
    deepEqual(await open().list(), []);
  });
});
