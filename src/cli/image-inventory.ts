import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Inventories } from '../checks/inventories.ts';
import type { Disk } from '../contents/disk.ts';
import { type Inventory, inventoryFaultText, takeInventory } from '../contents/inventory.ts';
import { UserError } from '../errors.ts';
import { readMemory } from '../images/read-memory.ts';
import { printable } from '../printable.ts';
import { type CommandSettings, UsageError } from './environment.ts';
import { parseImageAddress } from './image-address.ts';
import { withDisk } from './look-inside.ts';
import { openInventories } from './open-inventories.ts';

/** Bytes of a disk read at a time. */
const CHUNK_BYTES = 1024 * 1024;

/** The build of a kept inventory, or the beginning of its ID. */
const KEPT_BUILD = /^@([0-9a-fA-F]{1,64})$/;

/**
 * The inventory of an image, which is kept from now on, or of `@<build ID>` a kept one. `signal`, that of SIGINT or SIGTERM
 * without it, stops the reading.
 * @throws UsageError; UserError when there is none, or the image can't be read.
 */
export async function inventoryOf(text: string, settings: CommandSettings, signal?: AbortSignal): Promise<Inventory> {
  const [, beginning] = KEPT_BUILD.exec(text) ?? [];
  if (beginning !== undefined) return keptInventory(beginning, settings);
  return withImage(text, settings, (_, inventory) => Promise.resolve(inventory), signal);
}

/** The builds of which an inventory is kept. */
export async function inventoriedBuilds(settings: CommandSettings): Promise<readonly string[]> {
  return ((await openNoted(settings)?.list()) ?? []).map(({ buildId }) => buildId);
}

/** The inventory of an image, and the SHA-256 of the raw image. @throws as `inventoryOf` does. */
export async function inventoryAndDigestOf(text: string, settings: CommandSettings) {
  return withImage(text, settings, async (disk, inventory) => ({ inventory, sha256: await digestOf(disk) }));
}

async function withImage<T>(
  text: string,
  settings: CommandSettings,
  use: (disk: Disk, inventory: Inventory) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const address = parseImageAddress(text);
  if (address.path !== '/' || address.tree !== 'root') {
    throw new UsageError(`${text} is a path in an image; give the image as a whole`);
  }
  const image = path.basename(address.image).replace(/\.img(?:\.zst)?$/, '');
  const look = async (disk: Disk, signal: AbortSignal) => {
    const inventory = await takeInventory(disk, image, { signal, ...progressOf(address.image) });
    if ('kind' in inventory) throw new UserError(`${address.image}: ${inventoryFaultText(inventory)}`);
    return { answer: await use(disk, inventory), inventory };
  };
  const { answer, inventory } = await withDisk(address, settings, look, signal);
  await openNoted(settings)?.keep(inventory); // the image was the same to the end
  return answer;
}

function openNoted({ checksPath }: CommandSettings): Inventories | undefined {
  return openInventories(checksPath, (text) => process.stderr.write(`note: ${printable(text)}\n`));
}

async function keptInventory(beginning: string, settings: CommandSettings): Promise<Inventory> {
  const inventories = openNoted(settings);
  if (inventories === undefined) throw new UserError('no inventories are kept where CHECKS_PATH is none');
  const [buildId, ...others] = await inventories.find(beginning);
  if (buildId === undefined) throw new UserError(`no inventory is kept of a build whose ID begins with ${beginning}`);
  if (others.length > 0) throw new UserError(`the IDs of ${others.length + 1} kept builds begin with ${beginning}`);
  const inventory = await inventories.get(buildId);
  if (inventory === undefined) throw new UserError(`the inventory of build ${buildId} can't be read`);
  return inventory;
}

async function digestOf(disk: Disk): Promise<string> {
  const hash = createHash('sha256');
  const chunk = readMemory(CHUNK_BYTES);
  for (let at = 0; at < disk.size; ) {
    const count = await disk.read(chunk, at);
    if (count === 0) throw new UserError('the image ended while it was read');
    hash.update(chunk.subarray(0, count));
    at += count;
  }
  return hash.digest('hex');
}

/** Progress goes to standard error where that is a terminal. */
function progressOf(image: string): { onProgress?: (bytes: number, total: number) => void } {
  if (!process.stderr.isTTY) return {};
  let done = 0;
  let shown = -1;
  const onProgress = (bytes: number, total: number) => {
    done += bytes;
    const percent = Math.floor((Math.min(done, total) * 100) / total);
    if (percent === shown) return;
    shown = percent;
    process.stderr.write(`\rreading ${printable(image)} ${percent} %${done >= total ? '\r\x1b[K' : ''}`);
  };
  return { onProgress };
}
