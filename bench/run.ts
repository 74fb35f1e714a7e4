/** Measures the built update server beside nginx and beside the plain Node way, and prints one table. */
import { openField } from './field.ts';
import { measureFirstByte } from './first-byte.ts';
import { measureList } from './list.ts';
import { machineLine } from './machine.ts';
import { measureManyDownloads } from './many-downloads.ts';
import { readOptions } from './options.ts';
import { findPrograms, type Programs } from './programs.ts';
import { measureRegistry } from './registry.ts';
import { Scratch } from './scratch.ts';
import { builtServer } from './servers.ts';
import type { Sizes } from './sizes.ts';
import { measureStalled } from './stalled.ts';
import { formatTable, type Row } from './table.ts';
import { measurePeakMemory, measureThroughput } from './throughput.ts';
import { measureUpToDate } from './up-to-date.ts';

/** Exit statuses: a target was missed; what was asked for can't be measured here. */
const MISSED = 1;
const CANNOT_RUN = 2;

/** Exit status of a process that a signal ended, as shells give it: 128 and the signal's number (signal(7)). */
const STATUS_BY_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

process.exit(await main()); // what a signal interrupted would go on

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const programs = findPrograms();
  if (typeof options === 'string') return refuse(options);
  if (typeof programs === 'string') return refuse(programs);
  const scratch = new Scratch();
  try {
    const measured = measure(scratch, programs, options.server ?? builtServer(), options.sizes);
    const rows = await Promise.race([measured, signalled()]);
    if (typeof rows === 'number') return rows;
    process.stdout.write(`\n${machineLine(programs)}\n\n${formatTable(rows)}`);
    return rows.some(({ met }) => met === false) ? MISSED : 0;
  } finally {
    await scratch.close();
  }
}

/** One measurement at a time, or they would slow each other down. */
async function measure(scratch: Scratch, programs: Programs, ourProgram: string, sizes: Sizes): Promise<Row[]> {
  say('an image, behind three servers');
  const field = await openField(scratch, programs, ourProgram, sizes.bigImageBytes);
  say('throughput');
  const solo = await measureThroughput(programs.curl, field, 1, sizes.soloRounds);
  const crowd = await measureThroughput(programs.curl, field, 8, sizes.crowdRounds);
  const peak = measurePeakMemory(field);
  say('first byte');
  const firstByte = await measureFirstByte(field, sizes.firstBytes);
  say('"up to date" answers');
  const upToDate = await measureUpToDate(programs.wrk, field, sizes.answerRounds, sizes.answerSeconds);
  say('the registry of boards');
  const registry = await measureRegistry(scratch, programs, sizes, field.archiveBytes);
  await Promise.all([field.ours, field.nginx, field.plain].map(({ child }) => scratch.stop(child)));
  say('/list');
  const list = await measureList(scratch, ourProgram, sizes);
  say('many downloads');
  const downloads = await measureManyDownloads(scratch, ourProgram, sizes);
  say('stalled downloads');
  const stalled = await measureStalled(scratch, ourProgram, sizes);
  return [...solo, ...crowd, peak, firstByte, ...upToDate, ...registry, ...list, ...downloads, stalled];
}

/** Settles on Ctrl+C and the like, with the exit status that this calls for. */
function signalled(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolve(STATUS_BY_SIGNAL[signal]));
    }
  });
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n`);
  return CANNOT_RUN;
}

function say(what: string): void {
  process.stderr.write(`measuring: ${what}\n`);
}
