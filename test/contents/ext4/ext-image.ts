import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { chmod, link, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requireTools } from '../../tools/tools.ts';

const tools = requireTools('mkfs.ext4', 'debugfs', 'e2fsck');

/** Long enough for a link whose target does not fit into its inode. */
export const LONG_TARGET = `/srv/${'far-away/'.repeat(12)}end`;

/** Seconds since 1970, after 2038: an inode needs its extra fields to tell. */
export const LATE = 2_500_000_000;

/** Makes an ext image of `megabytes` from a folder with mkfs.ext4, then has debugfs do `commands` to it. */
export async function makeExtImage(
  tree: string,
  { options = [], megabytes = 16, commands = [] }: ExtImageOptions = {},
): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-ext-'));
  try {
    const file = path.join(folder, 'root.img');
    await writeFile(file, '');
    truncateSync(file, megabytes * 1024 * 1024);
    execFileSync(tools['mkfs.ext4'], ['-q', '-F', ...options, '-d', tree, file], { stdio: 'pipe' });
    if (commands.length > 0) debugfs(file, commands, true);
    // it indexes the folders that are worth it; status 1: it changed something
    const { status, stdout } = spawnSync(tools.e2fsck, ['-f', '-y', '-D', file], { encoding: 'utf8' });
    if (status === null || status > 1) throw new Error(`e2fsck found the image damaged: ${stdout}`);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface ExtImageOptions {
  readonly options?: readonly string[];
  readonly megabytes?: number;
  readonly commands?: readonly string[];
}

/** What debugfs prints for each of `commands`. */
export function debugfs(file: string, commands: readonly string[], writes = false): string[] {
  const output = execFileSync(tools.debugfs, [...(writes ? ['-w'] : []), '-f', '-', file], {
    input: commands.map((command) => `${command}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return output.split(/^debugfs: .*\n/m).slice(1);
}

/** What debugfs adds to a tree, which takes root elsewhere: devices, owners, and blocks that are allocated but unwritten. */
export const EXTRAS: readonly string[] = [
  'cd /dev',
  'mknod null c 1 3',
  'mknod disk b 8 1',
  // a number of 12 and 20 bits, major 259 and minor 70000, lies in the second place
  'set_inode_field disk block[0] 0',
  'set_inode_field disk block[1] 0x11110370',
  'mknod pipe p',
  'cd /',
  'set_inode_field /etc/passwd uid 100000',
  'set_inode_field /etc/passwd gid 70000',
  'ea_set /etc/passwd user.comment hello',
  'ea_set /home trusted.of-a-folder 1',
];

/** Of file systems with extents. */
export const UNWRITTEN = 'fallocate /home/unwritten 0 40';

/** Of file systems with inodes of more than 128 bytes: mkfs.ext4 leaves the extra bits of times out. */
export const LATE_TIME = 'set_inode_field /etc/zero mtime_extra 1';

/** Fills `tree` with every kind of file that needs no root, and a folder of so many. */
export async function makeTree(tree: string, many = 130): Promise<void> {
  for (const folder of ['etc', 'dev', 'home/user', 'many', 'deep/a/b/c/d', 'empty', 'small']) {
    await mkdir(path.join(tree, folder), { recursive: true });
  }
  const at = (name: string) => path.join(tree, name);
  await writeFile(at('etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await chmod(at('etc/passwd'), 0o4640);
  await writeFile(at('etc/zero'), '');
  await utimes(at('etc/zero'), LATE, LATE);
  await writeFile(at('etc/exactly-60'), 'x'.repeat(60));
  await writeFile(at('etc/inline-110'), 'y'.repeat(110));
  await link(at('etc/passwd'), at('home/user/linked'));
  await symlink('passwd', at('etc/short'));
  await symlink(LONG_TARGET, at('etc/long'));
  await symlink('z'.repeat(59), at('etc/link-59'));
  await symlink('z'.repeat(60), at('etc/link-60'));
  await writeFile(at('deep/a/b/c/d/grüße-日本'), 'hello');
  await chmod(at('empty'), 0o1777);
  for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) await writeFile(at(`small/${name}`), name);
  await writeFile(at('home/unwritten'), 'begin');
  await writeFile(at('home/blob'), Buffer.from(Array.from({ length: 700_123 }, (_, index) => index % 251)));
  for (let index = 0; index < many; index++) {
    await writeFile(at(`many/a-file-with-a-rather-long-name-${index}`), `${index}\n`);
  }
  writePieces(at('home/holes'), 400, 8192); // as many extents as take two levels of a tree with blocks of 1 KiB
}

/** A file of so many pieces of data, each `apart` bytes from the last, with holes between them and at its end. */
export function writePieces(file: string, pieces: number, apart: number): void {
  const fd = openSync(file, 'w');
  for (let index = 0; index < pieces; index++) writeSync(fd, `piece ${index}`, index * apart);
  closeSync(fd);
  truncateSync(file, (pieces - 1) * apart + 50_003);
}
