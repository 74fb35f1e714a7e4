/** Measures the built server under 1, 100 and 1,000 clients beside nginx and the plain Node way, and behind nginx. */
import { type Nginx, startEdge, startFront } from '../test/nginx/nginx.ts';
import { type Load, load } from './crowd-load.ts';
import { openField } from './field.ts';
import { machineLine } from './machine.ts';
import { findPrograms } from './programs.ts';
import { Scratch } from './scratch.ts';
import { builtServer, type Server } from './servers.ts';
import { formatTable, type Row } from './table.ts';

const CLIENTS = [1, 100, 1_000];

/** Small enough for a thousand clients to get several in a measurement. */
const IMAGE_BYTES = 5_000_000;

const SECONDS = 4;

const programs = findPrograms();
if (typeof programs === 'string') {
  process.stderr.write(`${programs}\n`);
  process.exit(2);
}
const scratch = new Scratch();
const behind: Nginx[] = [];
try {
  const field = await openField(scratch, programs, builtServer(), IMAGE_BYTES);
  const ourPort = Number(field.ours.url.port);
  const front = await startFront(ourPort);
  behind.push(front);
  const edge = await startEdge(ourPort);
  behind.push(edge);
  const rows: Row[] = [];
  for (const clients of CLIENTS) {
    process.stderr.write(`measuring: ${clients} clients\n`);
    const measure = (server: Pick<Server, 'pid'>, url: URL) => load(programs.wrk, url, server.pid, clients, SECONDS);
    const { archiveUrls: archives, upToDateUrls: upToDate } = field;
    const throughNginx = (nginx: Nginx, url: URL) => measure(nginx, new URL(url.pathname, nginx.url));
    rows.push(
      ...rowsOf(
        clients,
        await measure(field.ours, archives.ours),
        await measure(field.nginx, archives.nginx),
        await measure(field.plain, archives.plain),
      ),
      behindRow('… behind nginx, MB/s', await throughNginx(front, archives.ours)),
      behindRow('… at an edge, MB/s', await throughNginx(edge, archives.ours)),
      answersRow(
        clients,
        await measure(field.ours, upToDate.ours),
        await measure(field.nginx, upToDate.nginx),
        await measure(field.plain, upToDate.plain),
      ),
      {
        figure: '… at an edge, 1/s',
        ours: (await throughNginx(edge, upToDate.ours)).requestsPerSecond.toFixed(0),
      },
    );
  }
  process.stdout.write(`\n${machineLine(programs)}\n\n${formatTable(rows)}`);
} finally {
  await Promise.all(behind.map((nginx) => nginx[Symbol.asyncDispose]()));
  await scratch.close();
}

function rowsOf(clients: number, ours: Load, nginx: Load, plain: Load): Row[] {
  const row = (figure: string, show: (load: Load) => string): Row => ({
    figure,
    ours: show(ours),
    nginx: show(nginx),
    plain: show(plain),
  });
  return [
    {
      ...row(`images, ${countOf(clients)}, MB/s`, (load) => megabytes(load.bytesPerSecond)),
      ratio: (ours.bytesPerSecond / nginx.bytesPerSecond).toFixed(2),
    },
    row('… images/s', (load) => load.requestsPerSecond.toFixed(0)),
    row('… processor, s/GB', (load) => load.cpuSecondsPerGigabyte.toFixed(2)),
    row('… peak memory so far, MB', (load) => megabytes(load.peakBytes)),
  ];
}

function behindRow(figure: string, { bytesPerSecond }: Load): Row {
  return { figure, ours: megabytes(bytesPerSecond) };
}

function answersRow(clients: number, ours: Load, nginx: Load, plain: Load): Row {
  const show = ({ requestsPerSecond }: Load) => requestsPerSecond.toFixed(0);
  return {
    figure: `"up to date", ${countOf(clients)}, 1/s`,
    ours: show(ours),
    nginx: show(nginx),
    plain: show(plain),
    ratio: (ours.requestsPerSecond / nginx.requestsPerSecond).toFixed(2),
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function countOf(clients: number): string {
  return clients === 1 ? '1 client' : `${clients} clients`;
}
