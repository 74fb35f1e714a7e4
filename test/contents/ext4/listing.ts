import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileNode } from '../../../src/contents/file-node.ts';
import { debugfs } from './ext-image.ts';

/** A file in a few words, to compare. */
export interface Listed {
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  readonly links: number;
  readonly bytes: number | undefined;
  readonly modifiedAt: number;
  readonly device?: string;
  readonly target?: string;
  readonly digest?: string;
  /** Names of extended attributes with the bytes of their values. */
  readonly attributes?: string;
}

/** All files below a folder by their paths, as the reader sees them. Folders that were seen are not looked into again. */
export async function listingOf(root: FileNode): Promise<Map<string, Listed>> {
  const files = new Map<string, Listed>();
  const seen = new Set<number>();
  const visit = async (node: FileNode, at: string): Promise<void> => {
    files.set(at, await listed(node));
    if (node.status.type !== 'folder' || seen.has(node.status.id)) return;
    seen.add(node.status.id);
    for await (const children of node.list()) {
      for (const child of children) await visit(await child.open(), `${at}/${child.name}`);
    }
  };
  await visit(root, '');
  return files;
}

async function listed(node: FileNode): Promise<Listed> {
  const { type, mode, uid, gid, links, bytes, modifiedAt, device } = node.status;
  return {
    type,
    mode: mode.toString(8),
    owner: `${uid}:${gid}`,
    links,
    bytes: type === 'file' || type === 'link' ? bytes : undefined,
    modifiedAt,
    ...(device && { device: `${device.major}:${device.minor}` }),
    ...(type === 'link' && { target: await node.target() }),
    ...(type === 'file' && { digest: await digestOf(node.read()) }),
    ...attributesText((await node.attributes()).map(({ name, bytes }) => `${name} ${bytes}`)),
  };
}

function attributesText(lines: readonly string[]): Pick<Listed, 'attributes'> {
  return lines.length === 0 ? {} : { attributes: [...lines].sort().join(', ') };
}

async function digestOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** The same, as debugfs sees it: in an image, or in a file as debugfs is told of it (`<image>?offset=<bytes>`). */
export function debugfsListing(image: Buffer | string): Map<string, Listed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mkbox-debugfs-'));
  try {
    const file = typeof image === 'string' ? image : path.join(folder, 'root.img');
    if (typeof image !== 'string') writeFileSync(file, image);
    const inodes = inodesOf(file);
    const numbers = [...new Set(inodes.values())];
    const dumped = (number: number) => path.join(folder, `${number}`);
    const outputs = debugfs(
      file,
      numbers.flatMap((number) => [
        `stat <${number}>`,
        `ea_list <${number}>`,
        `dump <${number}> ${dumped(number)}`, // of folders, too: it takes no time
      ]),
    );
    const files = numbers.map((number, index) => {
      const [stat = '', attributes = ''] = outputs.slice(index * 3);
      return [number, listedBy(stat, attributes, dumped(number))] as const;
    });
    const byNumber = new Map(files);
    return new Map([...inodes].map(([at, number]) => [at, byNumber.get(number) ?? NOTHING]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const NOTHING: Listed = { type: '', mode: '', owner: '', links: 0, bytes: 0, modifiedAt: 0 };

function listedBy(stat: string, attributes: string, dumped: string): Listed {
  const field = (pattern: RegExp): string => pattern.exec(stat)?.[1] ?? '';
  const type = TYPES[field(/Type: (.*?) +Mode/)] ?? '';
  const [, low = '', extra = '0'] = /mtime: 0x([0-9a-f]+)(?::([0-9a-f]+))?/.exec(stat) ?? [];
  const [, major, minor] = /number: (\d+):(\d+)/.exec(stat) ?? [];
  const fast = /^Fast link dest: "(.*)"$/m.exec(stat)?.[1];
  // debugfs dumps all 60 bytes of a file that is kept in place of the map
  const bytes = Number(field(/Size: (\d+)/));
  const hasContent = type === 'file' || type === 'link';
  return {
    type,
    mode: Number.parseInt(field(/Mode: +(\d+)/), 8).toString(8),
    owner: `${field(/User: +(\d+)/)}:${field(/Group: +(\d+)/)}`,
    links: Number(field(/Links: (\d+)/)),
    bytes: hasContent ? bytes : undefined,
    modifiedAt: (Number.parseInt(low, 16) | 0) + (Number.parseInt(extra, 16) & 3) * 2 ** 32,
    ...(major !== undefined && { device: `${Number(major)}:${Number(minor)}` }),
    ...(type === 'link' && { target: fast ?? readFileSync(dumped, 'utf8') }),
    ...(type === 'file' && {
      digest: createHash('sha256').update(readFileSync(dumped).subarray(0, bytes)).digest('hex'),
    }),
    ...attributesText(
      Array.from(attributes.matchAll(/^ {2}(\S+) \((\d+)\)/gm), ([, name, size]) => `${name} ${size}`).filter(
        (line) => !line.startsWith('system.data '), // content of the file, which Linux does not show
      ),
    ),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  regular: 'file',
  directory: 'folder',
  symlink: 'link',
  'character special': 'character device',
  'block special': 'block device',
  FIFO: 'fifo',
};

function inodesOf(file: string): Map<string, number> {
  const inodes = new Map([['', 2]]);
  for (let level: [string, number][] = [['', 2]]; level.length > 0; ) {
    const outputs = debugfs(
      file,
      level.map(([, number]) => `ls -p <${number}>`),
    );
    const next: [string, number][] = [];
    for (const [index, output] of outputs.entries()) {
      for (const line of output.split('\n')) {
        const [, inode, mode, , , name = ''] = line.split('/');
        if (inode === undefined || name === '.' || name === '..' || inode === '0') continue;
        const at = `${level[index]?.[0]}/${name}`;
        inodes.set(at, Number(inode));
        if (mode?.startsWith('04')) next.push([at, Number(inode)]);
      }
    }
    level = next;
  }
  return inodes;
}
