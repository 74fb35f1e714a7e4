import path from 'node:path';
import { writeRandomSet } from './image-sets.ts';
import { REAL_IMAGE } from './real-image.ts';
import { runTimed, type Timing } from './run-timed.ts';
import type { Scratch } from './scratch.ts';
import { median, medianRatio } from './statistics.ts';
import type { Row } from './table.ts';

/** What a careful user types to know the same: both digests, and that the file decompresses. */
const BY_HAND = `zstdcat ${REAL_IMAGE}.img.zst | sha256sum && sha256sum ${REAL_IMAGE}.img.zst`;

const SPEED_TARGET = 2;
const MEMORY_TARGET_BYTES = 64e6;

/** Speed and memory of `update-server verify`, over the set in `folder`, beside the tools. */
export async function measureVerify(
  scratch: Scratch,
  ourProgram: string,
  folder: string,
  rawBytes: number,
  rounds: number,
): Promise<Row[]> {
  const ours: Timing[] = [];
  const byHand: Timing[] = [];
  const verify = (boxes: string) =>
    runTimed(process.execPath, [ourProgram, 'verify'], { cwd: boxes, env: { IMAGE_PATH: '.', CHECKS_PATH: 'none' } });
  for (let round = 0; round < rounds; round++) {
    ours.push(await verify(path.dirname(folder)));
    byHand.push(await runTimed('bash', ['-o', 'pipefail', '-c', BY_HAND], { cwd: folder }));
  }
  await writeRandomSet(scratch.makeFolder('tiny/tiny-box'), 'tiny-box-board', 10_000);
  const baseline = await verify(scratch.makeFolder('tiny'));
  const seconds = (timings: readonly Timing[]) => timings.map((timing) => timing.seconds);
  const ratio = medianRatio(seconds(byHand), seconds(ours));
  const speed = (timings: readonly Timing[]) => (rawBytes / median(seconds(timings)) / 1e6).toFixed(0);
  const extra = Math.max(...ours.map((timing) => timing.peakBytes)) - baseline.peakBytes;
  return [
    {
      figure: 'verify, MB of raw image/s',
      ours: speed(ours),
      tools: speed(byHand),
      ratio: ratio.toFixed(2),
      target: `≥ ${SPEED_TARGET} × zstdcat and sha256sum, twice`,
      met: ratio >= SPEED_TARGET,
    },
    {
      figure: '… memory over that for a tiny image, MB',
      ours: (extra / 1e6).toFixed(0),
      target: '≤ 64 MB',
      met: extra <= MEMORY_TARGET_BYTES,
    },
  ];
}
