import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Inventory } from '../contents/inventory.ts';
import { errorCode } from '../errors.ts';

/** The form of the file; another one is passed over. */
const FORMAT = 1;

/** A million files, the most that an inventory has, take some 300 MB. */
const LARGEST_TEXT_BYTES = 512 * 1024 ** 2;

/** An inventory as it was kept, or what is damaged about it, in a clause of English. */
export type ReadInventory = { readonly inventory: Inventory } | { readonly damage: string };

/** An inventory as the content of a file: JSON, which gzip makes a tenth of, and sees damage of. 10,000 files take some 500 kB. */
export function packInventory(inventory: Inventory): Promise<Buffer> {
  return promisify(gzip)(JSON.stringify({ format: FORMAT, inventory }));
}

/** The inventory in a file's content. */
export async function unpackInventory(content: Buffer): Promise<ReadInventory> {
  const [{ is }, { keptInventory }] = await Promise.all([import('valibot'), import('./inventory-schema.ts')]);
  try {
    const text = await promisify(gunzip)(content, { maxOutputLength: LARGEST_TEXT_BYTES });
    const { format, inventory } = JSON.parse(text.toString()) ?? {};
    if (format !== FORMAT) return { damage: `${JSON.stringify(format)} is a format that is not known` };
    return is(keptInventory, inventory) ? { inventory } : { damage: 'it is no inventory' };
  } catch (error) {
    if (error instanceof SyntaxError) return { damage: 'it is not JSON' };
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return { damage: 'it unpacks to too much' };
    if (errorCode(error)?.startsWith('Z_')) return { damage: 'it cannot be unpacked' };
    throw error;
  }
}
