import { tmpdir } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { inventoryFaultText, takeInventory } from '../contents/inventory.ts';
import { systemErrorCode, UserError } from '../errors.ts';
import { hasRoom } from '../images/disk-room.ts';
import { openBuildDisk } from './image-disk.ts';
import { packInventory } from './inventory-file.ts';
import type { InventoryReport, InventoryTask } from './inventory-task.ts';

/** An image may be decompressed in full. As much room as that is left to others: nobody waits for an inventory. */
const ROOM_FACTOR = 2;

void report(workerData).then((told) => parentPort?.postMessage(told)); // a bug ends the thread, and is told there

async function report(task: InventoryTask): Promise<InventoryReport> {
  try {
    return await take(task);
  } catch (error) {
    const reason = error instanceof UserError ? error.message : systemErrorCode(error);
    if (reason === undefined) throw error;
    return { kind: 'none', reason };
  }
}

async function take(task: InventoryTask): Promise<InventoryReport> {
  if (!(await hasRoom(tmpdir(), ROOM_FACTOR * task.rawBytes))) {
    return { kind: 'none', reason: `there is too little room in the temporary folder ${tmpdir()}` };
  }
  const disk = await openBuildDisk(task, task.buildId, {});
  try {
    const inventory = await takeInventory(disk, task.image);
    await disk.ensureUnchanged(); // a build that writes to the file looks like damage
    if ('kind' in inventory) return { kind: 'none', reason: inventoryFaultText(inventory) };
    if (inventory.buildId !== task.buildId) return { kind: 'none', reason: 'the image is of another build by now' };
    return { kind: 'taken', content: await packInventory(inventory) };
  } finally {
    await disk.close();
  }
}
