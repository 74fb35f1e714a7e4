/**
 * Measures what it costs to look whether one of 20,000 files is newer than an image: in all, and for how long at once. The
 * first look sees every file, beside `find`, which does the same; later ones see the folders that a watcher told of.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SeenTree } from '../src/editor/build/seen-tree.ts';
import { machineLine } from './machine.ts';
import { Scratch } from './scratch.ts';
import { median } from './statistics.ts';

const FOLDERS = 400;
const FILES_EACH = 50;
/** The command line may give another number. */
const ROUNDS = Number(process.argv[2] ?? 9);
const TARGET_MS = 50;

interface Look {
  readonly totalMs: number;
  readonly longestMs: number;
}

const scratch = new Scratch();
try {
  const folderAt = (folder: number) => path.join(scratch.folder, `${folder % 20}`, `${folder}`);
  for (let folder = 0; folder < FOLDERS; folder++) {
    mkdirSync(folderAt(folder), { recursive: true });
    for (let file = 0; file < FILES_EACH; file++) writeFileSync(path.join(folderAt(folder), `${file}`), '');
  }
  const [first, hinted, unchanged, finds]: [Look[], Look[], Look[], Look[]] = [[], [], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const tree = new SeenTree(scratch.folder);
    first.push(await look(tree));
    finds.push(find(scratch.folder));
    tree.forget(path.join(folderAt(round % FOLDERS), '0'));
    hinted.push(await look(tree));
    unchanged.push(await look(tree));
  }
  const findMs = median(finds.map(({ totalMs }) => totalMs));
  process.stdout.write(`${machineLine()}
${FOLDERS * FILES_EACH} files in ${FOLDERS} folders:
${line('the first look', first)}, ${(totalOf(first) / findMs).toFixed(1)} × find's ${findMs.toFixed(0)} ms
${line('a look after a change in one folder', hinted)} (target < ${TARGET_MS})
${line('a look after nothing changed', unchanged)} (target < ${TARGET_MS})
`);
  process.exitCode = Math.max(totalOf(hinted), totalOf(unchanged)) < TARGET_MS ? 0 : 1;
} finally {
  await scratch.close();
}

function totalOf(looks: readonly Look[]): number {
  return median(looks.map(({ totalMs }) => totalMs));
}

function line(name: string, looks: readonly Look[]): string {
  const longest = median(looks.map(({ longestMs }) => longestMs));
  return `${name.padEnd(36)} ${totalOf(looks).toFixed(1).padStart(6)} ms, blocking for ${longest.toFixed(1)} ms at most`;
}

/** What a program in C takes to look at the time of every file. */
function find(folder: string): Look {
  const startMs = performance.now();
  execFileSync('find', [folder, '-newermt', '2100-01-01']);
  const totalMs = performance.now() - startMs;
  return { totalMs, longestMs: totalMs };
}

/** One look, while a timer shows how long nothing else could run. */
async function look(tree: SeenTree): Promise<Look> {
  let longestMs = 0;
  let lastMs = performance.now();
  const tick = () => {
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  const startMs = performance.now();
  await tree.newest();
  const totalMs = performance.now() - startMs;
  clearImmediate(next);
  return { totalMs, longestMs };
}
