import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ExtVolume } from '../../../src/contents/ext4/ext-volume.ts';
import type { FileAttribute, FileNode } from '../../../src/contents/file-node.ts';
import { FileTree } from '../../../src/contents/file-tree.ts';
import { diskOf } from '../disks.ts';
import { debugfs, LONG_TARGET, makeExtImage, makeTree } from './ext-image.ts';

const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex');
/** As getfattr shows it: user::rw-, user:1000:r--, group::r--, mask::r--, other::r--. */
const ACL = Buffer.from(
  '02000000' + '01000600ffffffff' + '02000400e8030000' + '04000400ffffffff' + '10000400ffffffff' + '20000400ffffffff',
  'hex',
);
/** Too much for an inode: it goes to a block. */
const LARGE = Buffer.alloc(600, 'large ');

async function rootOf(image: Buffer): Promise<FileNode> {
  const volume = await ExtVolume.open(diskOf(image), { number: 2, type: 0x83, start: 0, bytes: image.length });
  if (!(volume instanceof ExtVolume)) throw new Error(`not read: ${JSON.stringify(volume)}`);
  return volume.root();
}

async function attributesOf(image: Buffer, file: string): Promise<readonly FileAttribute[]> {
  let node = await rootOf(image);
  for (const part of file.split('/').slice(1)) {
    for await (const children of node.list()) {
      for (const child of children) if (child.name === part) node = await child.open();
    }
  }
  return node.attributes();
}

/** debugfs tells how many bytes of an access control list are stored; Linux shows more, and as a constant what debugfs has as 0. */
function withoutAclSize(line: string): string {
  return line.replace(/(posix_acl_\w+) \d+$/, '$1');
}

suite('extended attributes are read as debugfs reads them', () => {
  let folder: string;
  let commands: readonly string[];
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-attributes-'));
    await makeTree(path.join(folder, 'tree'), 5);
    const at = (name: string) => path.join(folder, name);
    await writeFile(at('capability'), CAPABILITY);
    await writeFile(at('acl'), ACL);
    await writeFile(at('large'), LARGE);
    commands = [
      'ea_set /etc/passwd user.comment hello',
      `ea_set -f ${at('capability')} /etc/passwd security.capability`,
      `ea_set -f ${at('acl')} /etc/passwd system.posix_acl_access`,
      `ea_set -f ${at('acl')} /etc system.posix_acl_default`,
      'ea_set /etc user.one 1',
      'ea_set /etc trusted.two 22',
      `ea_set -f ${at('large')} /home/blob user.large`,
      'ea_set /home/blob user.small beside',
      'ea_set /etc/inline-110 user.of-inline it',
      'ea_set /etc/short user.on-a-link yes',
    ];
  });
  after(() => rm(folder, { recursive: true }));

  const files = ['/etc', '/etc/passwd', '/home/blob', '/etc/inline-110', '/etc/short', '/etc/zero'];
  for (const options of ['', '-I 128', '-t ext2 -b 1024', '-O inline_data', '-I 1024', '-O ^metadata_csum']) {
    test(`made with ${options || 'no options'}`, async () => {
      const made = { options: options.split(' ').filter(Boolean), commands, megabytes: 16 };
      const image = await makeExtImage(path.join(folder, 'tree'), made);
      const file = path.join(folder, 'root.img');
      await writeFile(file, image);
      const lists = debugfs(
        file,
        files.map((name) => `ea_list ${name}`),
      );
      const seen = await Promise.all(files.map((name) => attributesOf(image, name)));
      for (const [index, name] of files.entries()) {
        const listed = [...(lists[index] ?? '').matchAll(/^ {2}(\S+) \((\d+)\)/gm)].map(
          ([, at, bytes]) => `${at} ${bytes}`,
        );
        const shown = listed.filter((line) => !line.startsWith('system.data ')).map(withoutAclSize);
        const ours = (seen[index] ?? []).map((attribute) => `${attribute.name} ${attribute.bytes}`);
        deepEqual(ours.map(withoutAclSize).sort(), shown.sort(), name);
        for (const { name: attribute, value } of seen[index] ?? []) {
          const got = path.join(folder, 'got');
          debugfs(file, [`ea_get -f ${got} ${name} ${attribute}`]);
          ok(value?.equals(attribute.includes('acl') ? ACL : await readFile(got)), `${name} ${attribute}`);
        }
      }
      deepEqual(
        seen.map((attributes) => attributes.length),
        [3, 3, 2, 1, 1, 0],
      );
      const tree = new FileTree(await rootOf(image));
      const link = await tree.stat('/etc/long');
      equal('target' in link && link.target, LONG_TARGET);
      const short = await tree.stat('/etc/short');
      equal('target' in short && short.target, 'passwd');
    });
  }

  test('but for one in an inode of its own, of which name and size are told', async () => {
    const large = path.join(folder, 'larger');
    await writeFile(large, Buffer.alloc(1024, 'x'));
    const made = {
      options: ['-O', 'ea_inode'],
      commands: [
        `ea_set -f ${large} /etc/passwd user.larger`,
        'ea_set /etc/passwd user.small 1',
        `ea_set -f ${large} /etc/short trusted.larger`,
        `ea_set -f ${large} /etc/link-59 trusted.larger`,
      ],
    };
    const image = await makeExtImage(path.join(folder, 'tree'), made);
    const attributes = await attributesOf(image, '/etc/passwd');
    const short = attributes.map(({ name, bytes, value }) => [name, bytes, value?.toString()]);
    deepEqual(short.sort(), [
      ['user.larger', 1024, undefined],
      ['user.small', 1, '1'],
    ]);
    const tree = new FileTree(await rootOf(image));
    for (const [name, target] of [
      ['short', 'passwd'],
      ['link-59', 'z'.repeat(59)],
      ['link-60', 'z'.repeat(60)],
      ['long', LONG_TARGET],
    ]) {
      const link = await tree.stat(`/etc/${name}`);
      equal('target' in link && link.target, target, name);
    }
  });

  test('and damaged ones leave their file as it is', async () => {
    const made = { options: ['-b', '1024'], commands, megabytes: 16 };
    const image = await makeExtImage(path.join(folder, 'tree'), made);
    image.write('Large', image.indexOf(LARGE));
    await rejects(attributesOf(image, '/home/blob'), /a block of extended attributes doesn't match its checksum/);
    const stat = await new FileTree(await rootOf(image)).stat('/home/blob');
    const reason = "a block of extended attributes doesn't match its checksum";
    deepEqual('status' in stat && [stat.status.bytes, stat.attributes, stat.attributesFault], [
      700_123,
      undefined,
      reason,
    ]);
  });
});
