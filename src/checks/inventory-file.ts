import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Inventory, InventoryFile } from '../contents/inventory.ts';
import { Slices } from '../contents/slices.ts';
import { errorCode } from '../errors.ts';

/** The form of the file; another one is passed over. */
const FORMAT = 1;

/** A million files, the most that an inventory has, take some 300 MB. */
const LARGEST_TEXT_BYTES = 512 * 1024 ** 2;

/** So many take a millisecond or two. */
const FILES_A_LOOK = 500;

/** An inventory as it was kept, or what is damaged about it, in a clause of English. */
export type ReadInventory = { readonly inventory: Inventory } | { readonly damage: string };

/** An inventory as the content of a file: JSON, which gzip makes a tenth of, and sees damage of. 10,000 files take some 500 kB. */
export function packInventory(inventory: Inventory): Promise<Buffer> {
  return promisify(gzip)(JSON.stringify({ format: FORMAT, inventory }));
}

/** The inventory in a file's content. */
export async function unpackInventory(content: Buffer): Promise<ReadInventory> {
  try {
    const text = await promisify(gunzip)(content, { maxOutputLength: LARGEST_TEXT_BYTES });
    const { format, inventory } = JSON.parse(text.toString()) ?? {};
    if (format !== FORMAT) return { damage: `${JSON.stringify(format)} is a format that is not known` };
    const read = await readInventory(inventory);
    return read === undefined ? { damage: 'it is no inventory' } : { inventory: read };
  } catch (error) {
    if (error instanceof SyntaxError) return { damage: 'it is not JSON' };
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return { damage: 'it unpacks to too much' };
    if (errorCode(error)?.startsWith('Z_')) return { damage: 'it cannot be unpacked' };
    throw error;
  }
}

/** The inventory that `value` is; undefined if it is none. Looks at its files in slices: there are many. */
async function readInventory(value: unknown): Promise<Inventory | undefined> {
  const [v, { keptInventory }] = await Promise.all([import('valibot'), import('./inventory-schema.ts')]);
  const lists = v.looseObject({ files: v.array(v.unknown()), initramfs: v.array(v.unknown()) });
  if (!v.is(lists, value)) return undefined;
  const rest = { ...value, files: [], initramfs: [] };
  const [files, initramfs] = [await readFiles(value.files), await readFiles(value.initramfs)];
  if (files === undefined || initramfs === undefined || !v.is(keptInventory, rest)) return undefined;
  return { ...rest, files, initramfs };
}

async function readFiles(values: readonly unknown[]): Promise<InventoryFile[] | undefined> {
  const [{ is }, { keptFiles }] = await Promise.all([import('valibot'), import('./inventory-schema.ts')]);
  const read: InventoryFile[] = [];
  const slices = new Slices();
  for (let at = 0; at < values.length; at += FILES_A_LOOK) {
    const files = values.slice(at, at + FILES_A_LOOK);
    if (!is(keptFiles, files)) return undefined;
    read.push(...files);
    await slices.next();
  }
  return read;
}
