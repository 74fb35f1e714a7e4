import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { is } from 'valibot';
import type { Inventory, InventoryFile } from '../contents/inventory.ts';
import { Slices } from '../contents/slices.ts';
import { errorCode } from '../errors.ts';

/** The form of the file; another one is passed over. */
const FORMAT = 2;

/** A million files, the most that an inventory has, take some 300 MB. */
const LARGEST_TEXT_BYTES = 512 * 1024 ** 2;

/** Files in a line: so many are written, or read and looked at, in a millisecond or two. */
const FILES_A_LINE = 250;
const LINE_END = '\n'.charCodeAt(0);

/** Of a file, what is enough to tell how many packages there are. */
export const HEAD_BYTES = 2048;

/** An inventory as it was kept, or what is damaged about it, in a clause of English. */
export type ReadInventory = { readonly inventory: Inventory } | { readonly damage: string };

/**
 * An inventory as the content of a file: lines of JSON, which gzip makes a tenth of, and sees damage of. The first line has
 * all but the files, and begins with how many packages there are; the files follow, some hundred in a line, so that nobody
 * waits for all of them. 10,000 files take some 500 kB.
 */
export async function packInventory(inventory: Inventory): Promise<Buffer> {
  const [files, initramfs] = [await linesOf(inventory.files), await linesOf(inventory.initramfs)];
  const head = {
    format: FORMAT,
    packageCount: inventory.packages.length,
    fileLines: files.length,
    initramfsLines: initramfs.length,
    inventory: { ...inventory, files: [], initramfs: [] },
  };
  return promisify(gzip)([JSON.stringify(head), ...files, ...initramfs].join('\n'));
}

async function linesOf(files: readonly InventoryFile[]): Promise<string[]> {
  const lines: string[] = [];
  const slices = new Slices();
  for (let at = 0; at < files.length; at += FILES_A_LINE) {
    lines.push(JSON.stringify(files.slice(at, at + FILES_A_LINE)));
    await slices.next();
  }
  return lines;
}

/** The inventory in a file's content. */
export async function unpackInventory(content: Buffer): Promise<ReadInventory> {
  try {
    const text = await promisify(gunzip)(content, { maxOutputLength: LARGEST_TEXT_BYTES });
    const lines = parsedLines(text);
    const { format, fileLines, initramfsLines, inventory } = lines.next().value ?? {};
    if (format !== FORMAT) return { damage: `${JSON.stringify(format)} is a format that is not known` };
    const read = await readInventory(inventory, lines, [Number(fileLines), Number(initramfsLines)]);
    return read === undefined ? { damage: 'it is no inventory' } : { inventory: read };
  } catch (error) {
    if (error instanceof SyntaxError) return { damage: 'it is not JSON' };
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') return { damage: 'it unpacks to too much' };
    if (errorCode(error)?.startsWith('Z_')) return { damage: 'it cannot be unpacked' };
    throw error;
  }
}

/** How many packages an inventory has, by the first HEAD_BYTES of the file that keeps it; undefined where they don't tell. */
export async function packedPackageCount(head: Buffer): Promise<number | undefined> {
  try {
    const text = await promisify(gunzip)(head, { finishFlush: constants.Z_SYNC_FLUSH });
    const [, format, count] = /^{"format":(\d+),"packageCount":(\d+),/.exec(text.toString('latin1')) ?? [];
    return Number(format) === FORMAT ? Number(count) : undefined;
  } catch (error) {
    if (errorCode(error)?.startsWith('Z_')) return undefined;
    throw error;
  }
}

/** Each is parsed when it is asked for. @throws SyntaxError */
function* parsedLines(text: Buffer) {
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf(LINE_END, start);
    const end = found === -1 ? text.length : found;
    yield JSON.parse(text.toString('utf8', start, end));
    start = end + 1;
  }
}

/** The inventory that `value` and the `lines` are, so many of them with files of each tree; undefined if they are none. */
async function readInventory(
  value: unknown,
  lines: Iterator<unknown>,
  [fileLines, initramfsLines]: readonly [number, number],
): Promise<Inventory | undefined> {
  const { keptInventory } = await import('./inventory-schema.ts');
  const files = await readFiles(lines, fileLines);
  const initramfs = files && (await readFiles(lines, initramfsLines));
  if (files === undefined || initramfs === undefined || !lines.next().done || !is(keptInventory, value))
    return undefined;
  return { ...value, files, initramfs };
}

async function readFiles(lines: Iterator<unknown>, count: number): Promise<InventoryFile[] | undefined> {
  const { keptFiles } = await import('./inventory-schema.ts');
  const read: InventoryFile[] = [];
  const slices = new Slices();
  for (let line = 0; line < count; line++) {
    const files = lines.next().value;
    if (!is(keptFiles, files)) return undefined;
    read.push(...files);
    await slices.next();
  }
  return read;
}
