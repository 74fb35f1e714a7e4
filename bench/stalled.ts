import { setTimeout as sleep } from 'node:timers/promises';
import { request, stall } from './client.ts';
import { writeSparseSet } from './image-sets.ts';
import { residentBytes } from './process-stats.ts';
import type { Scratch } from './scratch.ts';
import { startOurs } from './servers.ts';
import type { Sizes } from './sizes.ts';
import type { Row } from './table.ts';

const TARGET_BYTES = 1.5e6;

/** Until sockets are full and buffers filled; the server gives up on a stalled client after a minute. */
const SETTLE_MS = 2_000;

/** Memory that a board costs which asked for a large image and reads none of it. */
export async function measureStalled(scratch: Scratch, ourProgram: string, sizes: Sizes): Promise<Row> {
  const { stalledClients, stalledImageBytes } = sizes;
  await writeSparseSet(scratch.makeFolder('huge-boxes/huge-box'), 'huge-box-board', stalledImageBytes);
  const ours = await startOurs(scratch, ourProgram, scratch.makeFolder('huge-boxes'));
  const archive = new URL('/update/huge-box/huge-box-board', ours.url);
  await request(archive, 'first byte'); // loads the code that every download needs
  await sleep(SETTLE_MS);
  const before = residentBytes(ours.pid);
  const sockets = await Promise.all(Array.from({ length: stalledClients }, () => stall(archive)));
  await sleep(SETTLE_MS);
  const each = (residentBytes(ours.pid) - before) / stalledClients;
  for (const socket of sockets) socket.destroy();
  await scratch.stop(ours.child);
  return {
    figure: `a stalled download (of ${stalledClients}), MB`,
    ours: (each / 1e6).toFixed(2),
    target: `< ${TARGET_BYTES / 1e6} MB`,
    met: each < TARGET_BYTES,
  };
}
