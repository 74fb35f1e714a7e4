import { deepEqual, equal, fail } from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ExtVolume } from '../../src/contents/ext4/ext-volume.ts';
import { fileName } from '../../src/contents/file-name.ts';
import { FileTree } from '../../src/contents/file-tree.ts';
import { diskOf } from './disks.ts';
import { makeExtImage } from './ext4/ext-image.ts';

/** Names by their bytes, one character each, and as they are shown. */
const NAMES: Readonly<Record<string, string>> = {
  'caf\xe9': 'caf\\xe9',
  'caf\xc3\xa9': 'café',
  'caf\\xe9': 'caf\\x5cxe9',
  'caf\\x5cxe9': 'caf\\x5cx5cxe9',
  'caf\\\xe9': 'caf\\\\xe9',
  'caf\\\\xe9': 'caf\\\\x5cxe9',
  'dev-disk-by\\x2duuid': 'dev-disk-by\\x2duuid',
  '\xc3\xa9\xe9': 'é\\xe9',
  '\xe2\x82': '\\xe2\\x82',
  '\xe2\x82\xac': '€',
  '\xed\xa0\x80': '\\xed\\xa0\\x80',
  '\xf0\x9f\x98\x80\xff': '😀\\xff',
};

suite('names that are not UTF-8', () => {
  let folder: string;
  let tree: FileTree;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-names-'));
    const at = (name: string) => Buffer.from(`${folder}/${name}`, 'latin1');
    for (const name of Object.keys(NAMES)) await writeFile(at(name), name);
    await mkdir(at('\xc3\xa9'));
    await writeFile(at('\xc3\xa9/\xe9'), 'found');
    await symlink(Buffer.from('\xc3\xa9/\xe9', 'latin1'), at('link'));
    const image = await makeExtImage(folder, { megabytes: 4 });
    const volume = await ExtVolume.open(diskOf(image), { number: 2, type: 0x83, start: 0, bytes: image.length });
    if (!(volume instanceof ExtVolume)) throw new Error('not read');
    tree = new FileTree(await volume.root());
  });
  after(() => rm(folder, { recursive: true }));

  test('stay different, and each leads to its file', async () => {
    const files = await tree.list('/');
    if ('kind' in files) return fail('no list');
    const others = ['é', 'link', 'lost+found'];
    deepEqual(files.map(({ name }) => name).sort(), [...Object.values(NAMES), ...others].sort());
    for (const [name, shown] of Object.entries(NAMES)) equal(await textOf(`/${shown}`), name);
  });

  test('are found by a link whose target holds others', async () => {
    const link = await tree.stat('/link');
    equal('target' in link && link.target, 'é/\\xe9');
    equal(await textOf('/link'), 'found');
  });

  test('are the same whether they are read alone or in a path', () => {
    const bytes = Object.keys(NAMES).map((name) => Buffer.from(name, 'latin1'));
    const whole = Buffer.from(Object.keys(NAMES).join('/'), 'latin1');
    equal(fileName(whole), bytes.map(fileName).join('/'));
  });

  async function textOf(file: string): Promise<string> {
    const pieces = await tree.read(file);
    if ('kind' in pieces) return fail(`${file}: ${pieces.kind}`);
    const parts: Buffer[] = [];
    for await (const piece of pieces) parts.push(Buffer.from(piece));
    return Buffer.concat(parts).toString();
  }
});
