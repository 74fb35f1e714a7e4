/** Measures what it costs to look whether one of 20,000 files is newer than an image: in all, and for how long at once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newestFile } from '../src/editor/build/newest-file.ts';
import { machineLine } from './machine.ts';
import { Scratch } from './scratch.ts';
import { median } from './statistics.ts';

const FOLDERS = 400;
const FILES_EACH = 50;
/** The command line may give another number. */
const ROUNDS = Number(process.argv[2] ?? 9);

const scratch = new Scratch();
try {
  for (let folder = 0; folder < FOLDERS; folder++) {
    const at = path.join(scratch.folder, `${folder % 20}`, `${folder}`);
    mkdirSync(at, { recursive: true });
    for (let file = 0; file < FILES_EACH; file++) writeFileSync(path.join(at, `${file}`), '');
  }
  const looks = [];
  for (let round = 0; round < ROUNDS; round++) looks.push(await look(scratch.folder));
  const [total, longest] = [
    median(looks.map(({ totalMs }) => totalMs)),
    median(looks.map(({ longestMs }) => longestMs)),
  ];
  process.stdout.write(`${machineLine()}
a look at ${FOLDERS * FILES_EACH} files: ${total.toFixed(0)} ms, blocking for ${longest.toFixed(0)} ms at most
`);
} finally {
  await scratch.close();
}

/** One look, while a timer shows how long nothing else could run. */
async function look(folder: string): Promise<{ totalMs: number; longestMs: number }> {
  let longestMs = 0;
  let lastMs = performance.now();
  const tick = () => {
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  const startMs = performance.now();
  await newestFile(folder);
  const totalMs = performance.now() - startMs;
  clearImmediate(next);
  return { totalMs, longestMs };
}
