import path from 'node:path';
import { timeDownload } from './download.ts';
import { BUILD_ID } from './image-sets.ts';
import { cpuSeconds } from './process-stats.ts';
import type { Programs } from './programs.ts';
import type { Scratch } from './scratch.ts';
import { type Server, startPrinting } from './servers.ts';
import type { Sizes } from './sizes.ts';
import { median, medianRatio } from './statistics.ts';
import type { Row } from './table.ts';
import { answersPerSecond } from './up-to-date.ts';

/** Boards that download at once. */
const BOARDS = 4;

/**
 * What the registry may cost a transfer in processor time: as much as such a measurement differs by. Their rates tell less:
 * those of two servers that are the same differ by more, where the machine has other work.
 */
const CPU_TARGET = 1.1;

const OTHER_BUILD = 'f'.repeat(64);

/** What `boards/` costs: our server with the registry, which keeps its file, beside the same without it. */
export async function measureRegistry(
  scratch: Scratch,
  programs: Programs,
  sizes: Sizes,
  archiveBytes: number,
): Promise<Row[]> {
  const program = path.join(import.meta.dirname, 'registry-server.ts');
  const boxes = scratch.makeFolder('boxes');
  const statePath = path.join(scratch.makeFolder('registry'), 'boards.json');
  const servers = {
    with: await startPrinting(scratch, [program, boxes, statePath]),
    without: await startPrinting(scratch, [program, boxes]),
  };
  const cpuPerGigabyte = { with: [] as number[], without: [] as number[] };
  const bytesPerSecond = await inTurn(servers, sizes.soloRounds, async ({ url, pid }, name) => {
    const target = targetOf(url, OTHER_BUILD);
    const cpuBefore = cpuSeconds(pid);
    const downloads = Array.from({ length: BOARDS }, () => timeDownload(programs.curl, target, archiveBytes));
    const seconds = Math.max(...(await Promise.all(downloads)));
    const bytes = BOARDS * archiveBytes;
    cpuPerGigabyte[name].push((cpuSeconds(pid) - cpuBefore) / (bytes / 1e9));
    return bytes / seconds;
  });
  const answers = await inTurn(servers, sizes.answerRounds, ({ url }) =>
    answersPerSecond(programs.wrk, targetOf(url, BUILD_ID), sizes.answerSeconds),
  );
  await Promise.all([servers.with, servers.without].map(({ child }) => scratch.stop(child)));
  const cpuRatio = median(cpuPerGigabyte.with) / median(cpuPerGigabyte.without);
  return [
    {
      figure: `boards known, ${BOARDS} clients, MB/s`,
      ours: megabytes(median(bytesPerSecond.with)),
      ratio: medianRatio(bytesPerSecond.with, bytesPerSecond.without).toFixed(2),
    },
    {
      figure: '… processor, s/GB',
      ours: median(cpuPerGigabyte.with).toFixed(2),
      ratio: cpuRatio.toFixed(2),
      target: `≤ ${CPU_TARGET} × without`,
      met: cpuRatio <= CPU_TARGET,
    },
    {
      figure: '… "up to date" answers, 1/s',
      ours: median(answers.with).toFixed(0),
      ratio: medianRatio(answers.with, answers.without).toFixed(2),
    },
  ];
}

/** What each server came to in each round; every other round asks them in the opposite order. The first one warms up. */
async function inTurn(
  servers: Readonly<Record<'with' | 'without', Server>>,
  rounds: number,
  measure: (server: Server, name: 'with' | 'without') => Promise<number>,
): Promise<Record<'with' | 'without', number[]>> {
  const order = ['with', 'without'] as const;
  const figures = { with: [] as number[], without: [] as number[] };
  for (const name of order) await measure(servers[name], name);
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      figures[name].push(await measure(servers[name], name));
    }
  }
  return figures;
}

function targetOf(url: URL, buildId: string): URL {
  return new URL(`/update?name=big-box&board=board&build_id=${buildId}`, url);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
