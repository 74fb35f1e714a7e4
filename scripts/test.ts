/**
 * Runs the test files that globs name, two at a time. The order decides how long that takes: files that keep a processor
 * busy (each has a VS Code) come evenly among the others. Of those, neighbours by name are alike, and when all of them
 * wait for a slow line, a processor idles: the order by a digest of their names mixes them, the same way every time.
 */
import { hash } from 'node:crypto';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';

/** What Node has compiled and rid of types is kept for the next process: there are hundreds. */
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, '../.cache/compiled');

/** One for each of two processors: with three, nothing ended sooner, and what is awaited in an editor came too late. */
const FILES_AT_ONCE = 2;

/**
 * Folders whose files share processes: they start no servers and change nothing of their process. To start one and read
 * what is tested costs 0.7 s of a processor, which is more than most of these tests take.
 */
const SHARING = ['boxbuild', 'editor', 'images', 'tools'].map((folder) => path.join('test', folder, path.sep));
const FILES_PER_PROCESS = 16;

/** A test that takes longer hangs; none takes two minutes. */
const MOST_MS = 8 * 60_000;

const globs = process.argv.slice(2);
const files = globSync(globs).sort();
if (files.length === 0) throw new Error(`No test file is named by ${globs.join(' ')}`);
const mixed = files.toSorted((a, b) => (hash('sha256', a) < hash('sha256', b) ? -1 : 1));
const busy = files.filter((file) => file.includes(path.join('test', 'vscode')));
const sharing = mixed.filter((file) => SHARING.some((folder) => file.startsWith(folder)));
const others = mixed.filter((file) => !busy.includes(file) && !sharing.includes(file));

const hanging = new AbortController();
const { signal } = hanging;
const order = spread(busy, spread(batches(sharing), others));
run({ files: order, concurrency: FILES_AT_ONCE, timeout: MOST_MS, signal })
  .on('test:fail', ({ details: { error } }) => {
    process.exitCode = 1;
    // a test that hangs keeps its process alive, and the run with it
    if ('failureType' in error && error.failureType === 'testTimeoutFailure') hanging.abort();
  })
  .compose(spec)
  .pipe(process.stdout);

/** Files that each import some of `tests`. */
function batches(tests: readonly string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'mkbox-tests-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  return Array.from({ length: Math.ceil(tests.length / FILES_PER_PROCESS) }, (_, batch) => {
    const file = path.join(folder, `${batch}.test.mjs`);
    const own = tests.slice(batch * FILES_PER_PROCESS, (batch + 1) * FILES_PER_PROCESS);
    writeFileSync(file, own.map((test) => `import '${pathToFileURL(test).href}';\n`).join(''));
    return file;
  });
}

/** All of `others`, with `some` evenly among them. */
function spread(some: readonly string[], others: readonly string[]): string[] {
  if (some.length === 0) return [...others];
  // multiplied first: the last share ends with the last file, whatever is rounded
  const end = (at: number) => Math.floor((at * others.length) / some.length);
  return some.flatMap((file, at) => [file, ...others.slice(end(at), end(at + 1))]);
}
