/** Measures taking the inventory of an image beside verifying it, and comparing two, and prints one table. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Examiner } from '../src/checks/examiner.ts';
import { openFileDisk } from '../src/checks/image-disk.ts';
import { unpackInventory } from '../src/checks/inventory-file.ts';
import type { InventoryReport, InventoryTask } from '../src/checks/inventory-task.ts';
import { openRootTree } from '../src/contents/image-trees.ts';
import type { Inventory } from '../src/contents/inventory.ts';
import { compareInventories } from '../src/contents/inventory-difference.ts';
import { PinnedFile } from '../src/images/pinned-file.ts';
import { makeSetWithTools } from '../test/fixtures/tool-made-set.ts';
import { BUILD_ID } from './image-sets.ts';
import { REAL_IMAGE } from './real-image.ts';
import { Scratch } from './scratch.ts';
import { median, medianRatio } from './statistics.ts';
import { formatTable, type Row } from './table.ts';

const MISSED = 1;

const ROOT_MIB = 800;
/** Rounds of each measurement; the command line may give another number. */
const ROUNDS = Number(process.argv[2] ?? 5);

const MOST_TIMES_OF_VERIFYING = 1.3;
const MOST_WALK_MS_PER_10_000 = 100;
const MOST_COMPARING_MS = 200;

const WORKER = new URL('../src/checks/inventory-worker.ts', import.meta.url);

process.exitCode = await main();

async function main(): Promise<number> {
  const scratch = new Scratch();
  try {
    const rows = await measure(scratch.makeFolder('bench-box'));
    process.stdout.write(`\n${formatTable(rows)}`);
    return rows.some(({ met }) => met === false) ? MISSED : 0;
  } finally {
    await scratch.close();
  }
}

/** The root file system is `node_modules`: some ten thousand files, programs and texts. */
async function measure(folder: string): Promise<Row[]> {
  const rootTree = path.join(import.meta.dirname, '..', 'node_modules/');
  const content = { box: 'bench-box', board: 'board', buildId: BUILD_ID, bootMib: 128, rootMib: ROOT_MIB, rootTree };
  await makeSetWithTools(folder, content);
  const walking = await measureWalk(folder);
  await rm(path.join(folder, `${REAL_IMAGE}.img`)); // the .img.zst has no seek table: all of it is to be decompressed
  const verifying: number[] = [];
  const taking: number[] = [];
  let inventory: Inventory | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    verifying.push(await timed(() => verify(folder)));
    taking.push(
      await timed(async () => {
        inventory = await take(folder);
      }),
    );
  }
  const ratio = medianRatio(taking, verifying);
  return [
    walking,
    {
      figure: 'an inventory of an .img.zst without a seek table, s',
      ours: (median(taking) / 1000).toFixed(1),
      ratio: ratio.toFixed(2),
      target: `≤ ${MOST_TIMES_OF_VERIFYING} × verifying alone`,
      met: ratio <= MOST_TIMES_OF_VERIFYING,
    },
    await measureComparing(inventory),
  ];
}

async function measureWalk(folder: string): Promise<Row> {
  const times: number[] = [];
  let files = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const disk = await openFileDisk({ root: folder, folder, name: `${REAL_IMAGE}.img` }, {});
    files = 0;
    const ms = await timed(async () => {
      const root = await openRootTree(disk);
      if ('kind' in root) throw new Error(root.kind);
      for await (const found of root.tree.walk()) files += found.length;
    });
    times.push((ms / files) * 10_000);
    await disk.close();
  }
  return {
    figure: `walking an image of ${files} files, ms for 10,000`,
    ours: median(times).toFixed(0),
    target: `≤ ${MOST_WALK_MS_PER_10_000} ms`,
    met: median(times) <= MOST_WALK_MS_PER_10_000,
  };
}

async function measureComparing(inventory: Inventory | undefined): Promise<Row> {
  if (inventory === undefined) throw new Error('there is no inventory');
  const files = inventory.files.map((file, index) => (index % 3 === 0 ? { ...file, sha256: 'other' } : file));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(await timed(async () => compareInventories(inventory, { ...inventory, files })));
  }
  return {
    figure: `comparing two inventories of ${files.length} files, ms`,
    ours: median(times).toFixed(0),
    target: `≤ ${MOST_COMPARING_MS} ms`,
    met: median(times) <= MOST_COMPARING_MS,
  };
}

async function verify(folder: string): Promise<void> {
  const file = await PinnedFile.open(folder, folder, `${REAL_IMAGE}.img.zst`);
  if (!(file instanceof PinnedFile)) throw new Error('there is no set');
  const examiner = new Examiner();
  const { kind } = await examiner.examine(file, 'now');
  await examiner.close();
  await file.close();
  if (kind !== 'examined') throw new Error(kind);
}

async function take(folder: string): Promise<Inventory> {
  const workerData: InventoryTask = { root: folder, folder, image: REAL_IMAGE, buildId: BUILD_ID, rawBytes: 0 };
  const worker = new Worker(WORKER, { workerData });
  const [report]: InventoryReport[] = await once(worker, 'message');
  await worker.terminate();
  if (report?.kind !== 'taken') throw new Error(report?.reason);
  const read = await unpackInventory(Buffer.from(report.content));
  if ('damage' in read) throw new Error(read.damage);
  return read.inventory;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}
