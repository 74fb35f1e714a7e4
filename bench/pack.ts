import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { REAL_IMAGE } from './real-image.ts';
import { runTimed, type Timing } from './run-timed.ts';
import { median, medianRatio } from './statistics.ts';
import type { Row } from './table.ts';

/** What mkbox does with a raw image. */
const BY_HAND = `zstd -q -f -T0 -3 ${REAL_IMAGE}.img -o byhand.zst && sha256sum ${REAL_IMAGE}.img byhand.zst`;

const SPEED_TARGET = 2;
const SIZE_TARGET = 1.02;

/** Speed of `update-server pack`, and the size of what it makes, beside the tools. It leaves the packed set there. */
export async function measurePack(ourProgram: string, raw: string, rounds: number): Promise<Row[]> {
  const folder = path.dirname(raw);
  const ours: Timing[] = [];
  const byHand: Timing[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await runTimed(process.execPath, [ourProgram, 'pack', raw], { cwd: folder }));
    byHand.push(await runTimed('bash', ['-c', BY_HAND], { cwd: folder }));
  }
  const bytes = {
    raw: (await stat(raw)).size,
    ours: await sizeOf(folder, `${REAL_IMAGE}.img.zst`),
    byHand: await sizeOf(folder, 'byhand.zst'),
  };
  await rm(path.join(folder, 'byhand.zst'));
  const seconds = (timings: readonly Timing[]) => timings.map((timing) => timing.seconds);
  const speed = (timings: readonly Timing[]) => (bytes.raw / median(seconds(timings)) / 1e6).toFixed(0);
  const ratio = medianRatio(seconds(byHand), seconds(ours));
  const size = bytes.ours / bytes.byHand;
  return [
    {
      figure: 'pack, MB of raw image/s',
      ours: speed(ours),
      tools: speed(byHand),
      ratio: ratio.toFixed(2),
      target: `≥ ${SPEED_TARGET} × zstd -T0 -3 and sha256sum, twice`,
      met: ratio >= SPEED_TARGET,
    },
    {
      figure: '… bytes of the .img.zst, MB',
      ours: (bytes.ours / 1e6).toFixed(1),
      tools: (bytes.byHand / 1e6).toFixed(1),
      ratio: size.toFixed(3),
      target: `≤ ${SIZE_TARGET} ×`,
      met: size <= SIZE_TARGET,
    },
    { figure: '… peak memory, MB', ours: (Math.max(...ours.map((timing) => timing.peakBytes)) / 1e6).toFixed(0) },
  ];
}

async function sizeOf(folder: string, name: string): Promise<number> {
  return (await stat(path.join(folder, name))).size;
}
