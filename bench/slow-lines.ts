/**
 * Has clients of many speeds download an image at the same time, and prints how each ended and what the server told of it:
 * `node bench/slow-lines.ts [<kB/s> …]`. Then measures what a thousand stalled clients cost the processor.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stall } from './client.ts';
import { writeRandomSet } from './image-sets.ts';
import { cpuSeconds } from './process-stats.ts';
import { findPrograms } from './programs.ts';
import { Scratch } from './scratch.ts';
import { builtServer, startOurs } from './servers.ts';
import { formatTable, type Row } from './table.ts';

const IMAGE_BYTES = 40_000_000;

/** Of a bad mobile line up to that of loopback, 0; in kB/s. The slowest needs 33 minutes. */
const SPEEDS = [20, 50, 100, 250, 1_000, 5_000, 0];

const STALLED_CLIENTS = 1_000;
/** Until the system's buffers are full. */
const SETTLE_MS = 15_000;
const MEASURED_SECONDS = 10;
const MOST_SHARE = 0.01;

const programs = findPrograms();
if (typeof programs === 'string') {
  process.stderr.write(`${programs}\n`);
  process.exit(2);
}
const { curl } = programs;
const speeds = process.argv.length > 2 ? process.argv.slice(2).map(Number) : SPEEDS;
const scratch = new Scratch();
try {
  await writeRandomSet(scratch.makeFolder('boxes/box'), 'box-board', IMAGE_BYTES);
  const server = await startOurs(scratch, builtServer(), scratch.makeFolder('boxes'));
  const downloads = await Promise.all(
    speeds.map((speed) => download(speed, new URL('/update/box/box-board', server.url))),
  );
  await sleep(1_000); // the last lines of the log
  const log = readFileSync(path.join(scratch.folder, `ours-${server.url.port}.log`), 'utf8');
  for (const line of log.split('\n').filter((line) => line.includes('"GET /update'))) process.stdout.write(`${line}\n`);
  const rows = [...downloads, await stalledRow(server.pid, new URL('/update/box/box-board', server.url))];
  process.stdout.write(`\n${formatTable(rows)}`);
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
} finally {
  await scratch.close();
}

async function download(speed: number, url: URL): Promise<Row> {
  const begin = performance.now();
  const limit = speed === 0 ? [] : ['--limit-rate', `${speed}k`];
  const child = spawn(curl, ['-sS', '-o', '/dev/null', '-A', `speed-${speed}`, ...limit, url.href], {
    stdio: 'inherit',
  });
  const [status] = await once(child, 'exit');
  const seconds = (performance.now() - begin) / 1000;
  const figure = `${IMAGE_BYTES / 1e6} MB at ${speed === 0 ? "the line's speed" : `${speed} kB/s`}, s (curl's exit status ${status})`;
  return { figure, ours: seconds.toFixed(1), target: 'status 0', met: status === 0 };
}

/** The share of a processor that a thousand clients take that are told as stalled: what it costs to look. */
async function stalledRow(pid: number, url: URL): Promise<Row> {
  const sockets = await Promise.all(Array.from({ length: STALLED_CLIENTS }, () => stall(url)));
  for (const socket of sockets) socket.on('error', () => {});
  await sleep(SETTLE_MS);
  const before = cpuSeconds(pid);
  await sleep(MEASURED_SECONDS * 1000);
  const share = (cpuSeconds(pid) - before) / MEASURED_SECONDS;
  for (const socket of sockets) socket.destroy();
  return {
    figure: `${STALLED_CLIENTS} stalled clients, of a processor`,
    ours: `${(share * 100).toFixed(1)} %`,
    target: `< ${MOST_SHARE * 100} %`,
    met: share < MOST_SHARE,
  };
}
