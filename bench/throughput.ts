import { timeDownload } from './download.ts';
import type { Field } from './field.ts';
import { cpuSeconds, peakBytes } from './process-stats.ts';
import { median, medianRatio } from './statistics.ts';
import type { Row } from './table.ts';

/** The servers, in the order in which a round asks them; every other round asks in the opposite one. */
const SERVERS = ['ours', 'nginx', 'plain'] as const;

type ServerName = (typeof SERVERS)[number];

/** What one server did in the rounds. */
interface Score {
  /** Of each round. */
  readonly bytesPerSecond: number[];
  cpuSeconds: number;
  bytes: number;
}

/** Bytes per second, and processor seconds per gigabyte, with `clients` downloads at once; then the other server. */
export async function measureThroughput(curl: string, field: Field, clients: number, rounds: number): Promise<Row[]> {
  const scores: Record<ServerName, Score> = { ours: newScore(), nginx: newScore(), plain: newScore() };
  await downloadAtOnce(curl, field.archiveUrls.nginx, 1, field.archiveBytes); // brings the file into memory
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? SERVERS : SERVERS.toReversed()) {
      const score = scores[name];
      const cpuBefore = cpuSeconds(field[name].pid);
      const seconds = await downloadAtOnce(curl, field.archiveUrls[name], clients, field.archiveBytes);
      const bytes = clients * field.archiveBytes;
      score.cpuSeconds += cpuSeconds(field[name].pid) - cpuBefore;
      score.bytesPerSecond.push(bytes / seconds);
      score.bytes += bytes;
    }
  }
  return [throughputRow(scores, clients), cpuRow(scores, clients)];
}

/** The most memory each server needed so far, as the downloads left it. */
export function measurePeakMemory({ ours, nginx, plain }: Field): Row {
  const peak = peakBytes(ours.pid);
  return {
    figure: 'peak memory, MB',
    ours: megabytes(peak),
    nginx: megabytes(peakBytes(nginx.pid)),
    plain: megabytes(peakBytes(plain.pid)),
    target: '< 120 MB',
    met: peak < 120e6,
  };
}

function newScore(): Score {
  return { bytesPerSecond: [], cpuSeconds: 0, bytes: 0 };
}

/** Seconds until the last of the downloads is through. */
async function downloadAtOnce(curl: string, url: URL, clients: number, expectedBytes: number): Promise<number> {
  const downloads = Array.from({ length: clients }, () => timeDownload(curl, url, expectedBytes));
  return Math.max(...(await Promise.all(downloads)));
}

function throughputRow({ ours, nginx, plain }: Record<ServerName, Score>, clients: number): Row {
  const ratio = medianRatio(ours.bytesPerSecond, nginx.bytesPerSecond);
  return {
    figure: `throughput, ${clientCount(clients)}, MB/s`,
    ours: megabytes(median(ours.bytesPerSecond)),
    nginx: megabytes(median(nginx.bytesPerSecond)),
    plain: megabytes(median(plain.bytesPerSecond)),
    ratio: ratio.toFixed(2),
    target: '≥ 1.0 × nginx',
    met: ratio >= 1,
  };
}

function cpuRow({ ours, nginx, plain }: Record<ServerName, Score>, clients: number): Row {
  const perGigabyte = (score: Score) => score.cpuSeconds / (score.bytes / 1e9);
  return {
    figure: `processor, ${clientCount(clients)}, s/GB`,
    ours: perGigabyte(ours).toFixed(2),
    nginx: perGigabyte(nginx).toFixed(2),
    plain: perGigabyte(plain).toFixed(2),
    ratio: (perGigabyte(ours) / perGigabyte(nginx)).toFixed(2),
  };
}

function clientCount(clients: number): string {
  return clients === 1 ? '1 client' : `${clients} clients`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
