import { DamagedVolume } from './damaged-volume.ts';
import type { FileTree } from './file-tree.ts';
import { gather } from './gather.ts';

/** The names that an image has for owners and groups, by their numbers. */
export interface Owners {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

/** A passwd or group file has some dozen lines. */
const LARGEST_FILE_BYTES = 1024 * 1024;

/** Reads `/etc/passwd` and `/etc/group` of a tree; a missing or unreadable file gives no names. */
export async function readOwners(tree: FileTree): Promise<Owners> {
  return { users: await readNames(tree, '/etc/passwd'), groups: await readNames(tree, '/etc/group') };
}

async function readNames(tree: FileTree, path: string): Promise<Map<number, string>> {
  const pieces = await tree.read(path);
  if ('kind' in pieces) return new Map();
  try {
    return parseNames((await gather(pieces, LARGEST_FILE_BYTES))?.toString() ?? '');
  } catch (error) {
    if (error instanceof DamagedVolume) return new Map();
    throw error;
  }
}

/** The names in lines of passwd(5) or group(5), `name:password:number:…`; of a number that comes twice, the first counts. */
export function parseNames(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , number = ''] = line.split(':');
    if (name === '' || !/^\d+$/.test(number) || names.has(Number(number))) continue;
    names.set(Number(number), name);
  }
  return names;
}
