/** Measures verifying and packing beside the tools that a careful user types, and prints one table. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { measureLoopDelay } from './loop-delay.ts';
import { machineLine } from './machine.ts';
import { measurePack } from './pack.ts';
import { findPrograms } from './programs.ts';
import { writeRawImage } from './real-image.ts';
import { Scratch } from './scratch.ts';
import { builtServer } from './servers.ts';
import { formatTable, type Row } from './table.ts';
import { measureVerify } from './verify.ts';

const MISSED = 1;
const CANNOT_RUN = 2;

const RAW_BYTES = 600_000_000;
/** Rounds of each measurement; the command line may give another number. */
const ROUNDS = Number(process.argv[2] ?? 7);

process.exitCode = await main();

async function main(): Promise<number> {
  const programs = findPrograms();
  if (typeof programs === 'string') {
    process.stderr.write(`${programs}\n`);
    return CANNOT_RUN;
  }
  const scratch = new Scratch();
  try {
    const rows = await measure(scratch, programs.curl);
    process.stdout.write(`\n${machineLine(programs)}\n\n${formatTable(rows)}`);
    return rows.some(({ met }) => met === false) ? MISSED : 0;
  } finally {
    await scratch.close();
  }
}

async function measure(scratch: Scratch, curl: string): Promise<Row[]> {
  say('an image of 600 MB');
  const folder = scratch.makeFolder('boxes/bench-box');
  const raw = await writeRawImage(folder, RAW_BYTES);
  const { size } = await stat(raw);
  say('packing');
  const packing = await measurePack(builtServer(), raw, ROUNDS);
  say('verifying');
  const verifying = await measureVerify(scratch, builtServer(), folder, size, ROUNDS);
  say('verifying under load');
  return [...verifying, ...packing, await measureLoopDelay(scratch, curl, path.dirname(folder), 3)];
}

function say(what: string): void {
  process.stderr.write(`measuring: ${what}\n`);
}
