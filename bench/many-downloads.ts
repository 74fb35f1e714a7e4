import { setTimeout as sleep } from 'node:timers/promises';
import { request } from './client.ts';
import { writeRandomSet } from './image-sets.ts';
import { openDescriptors, residentBytes } from './process-stats.ts';
import type { Scratch } from './scratch.ts';
import { type Server, startOurs } from './servers.ts';
import type { Sizes } from './sizes.ts';
import type { Row } from './table.ts';

const AT_ONCE = 4;

/** Growth taken for the heap's last warming up; a leak of 10 kB per download would be as much. */
const GROWTH_LIMIT_BYTES = 15e6;

/** The server closes a connection at most a second after its last byte. */
const SETTLE_MS = 1_500;

/** Memory and descriptors over many downloads, one after the other. */
export async function measureManyDownloads(scratch: Scratch, ourProgram: string, sizes: Sizes): Promise<Row[]> {
  const { downloads, downloadsBefore, smallImageBytes } = sizes;
  await writeRandomSet(scratch.makeFolder('small-boxes/small-box'), 'small-box-board', smallImageBytes);
  const ours = await startOurs(scratch, ourProgram, scratch.makeFolder('small-boxes'));
  await sleep(SETTLE_MS);
  const descriptorsBefore = openDescriptors(ours.pid);
  await downloadTimes(ours, downloadsBefore, smallImageBytes);
  const residentBefore = residentBytes(ours.pid);
  await downloadTimes(ours, downloads - downloadsBefore, smallImageBytes);
  const residentAfter = residentBytes(ours.pid);
  await sleep(SETTLE_MS);
  const descriptorsAfter = openDescriptors(ours.pid);
  await scratch.stop(ours.child);
  return [
    {
      figure: `resident after ${downloadsBefore} → ${downloads} downloads, MB`,
      ours: `${megabytes(residentBefore)} → ${megabytes(residentAfter)}`,
      target: `growth < ${megabytes(GROWTH_LIMIT_BYTES)} MB`,
      met: residentAfter - residentBefore < GROWTH_LIMIT_BYTES,
    },
    {
      figure: '… open descriptors before → after',
      ours: `${descriptorsBefore} → ${descriptorsAfter}`,
      target: 'equal',
      met: descriptorsBefore === descriptorsAfter,
    },
  ];
}

async function downloadTimes({ url }: Server, times: number, imageBytes: number): Promise<void> {
  const archive = new URL('/update/small-box/small-box-board', url);
  let left = times;
  const board = async () => {
    while (left-- > 0) {
      const { bytes } = await request(archive);
      if (bytes <= imageBytes) throw new Error(`a download ended after ${bytes} bytes`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, board));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
