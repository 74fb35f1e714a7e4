/**
 * Runs the test files that globs name, two at a time, and a third of those that mostly wait. The order decides how long
 * that takes: files that keep a processor busy (each has a VS Code) come evenly among the others. Of those, neighbours by
 * name are alike: the order by a digest of their names mixes them, the same way every time.
 */
import { hash } from 'node:crypto';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { mayShare, opensWindows, waits } from './test-kinds.ts';

/** What Node has compiled and rid of types is kept for the next process: there are hundreds. */
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, '../.cache/compiled');

/** One for each of two processors: with three of any kind, what is awaited in an editor came too late. */
const FILES_AT_ONCE = 2;

const FILES_PER_PROCESS = 16;

/** A test that takes longer hangs; none takes two minutes. */
const MOST_MS = 8 * 60_000;

const globs = process.argv.slice(2);
const files = globSync(globs).sort();
if (files.length === 0) throw new Error(`No test file is named by ${globs.join(' ')}`);
const mixed = files.toSorted((a, b) => (hash('sha256', a) < hash('sha256', b) ? -1 : 1));
const busy = files.filter(opensWindows);
const sharing = mixed.filter(mayShare);
const waiting = mixed.filter(waits);
const others = mixed.filter((file) => ![opensWindows, mayShare, waits].some((is) => is(file)));

const hanging = new AbortController();
const { signal } = hanging;
const working = spread(busy, spread(batches(sharing), others));
const runs = [
  { files: working, concurrency: FILES_AT_ONCE },
  { files: waiting, concurrency: 1 },
].filter(({ files: some }) => some.length > 0);
Readable.from(asOne(runs.map(start)))
  .compose(spec)
  .pipe(process.stdout);

/** Runs files, so many at a time. One that fails makes this process fail; one that hangs ends all. */
function start(what: { files: readonly string[]; concurrency: number }): AsyncIterable<TestEvent> {
  return run({ ...what, timeout: MOST_MS, signal }).on('test:fail', ({ details: { error } }) => {
    process.exitCode = 1;
    // a test that hangs keeps its process alive, and the run with it
    if ('failureType' in error && error.failureType === 'testTimeoutFailure') hanging.abort();
  });
}

/** A line of a run's end, as in `tests 12`. */
const TOTAL = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

/** What is told of several runs that go on at once as if it were one: run after run, then what all came to, and what failed. */
async function* asOne(runs: readonly AsyncIterable<TestEvent>[]): AsyncGenerator<TestEvent> {
  const totals = new Map<string, { event: Extract<TestEvent, { type: 'test:diagnostic' }>; counted: number }>();
  let end: TestEvent | undefined;
  for (const one of runs) {
    for await (const event of one) {
      const isOfRun =
        (event.type === 'test:diagnostic' || event.type === 'test:summary') && event.data.file === undefined;
      const total = isOfRun && event.type === 'test:diagnostic' && TOTAL.exec(event.data.message);
      if (isOfRun && event.type === 'test:summary')
        end = event; // at which the failures of all are listed
      else if (!total) yield event;
      else {
        const [, what = '', count] = total;
        const before = totals.get(what)?.counted ?? 0;
        const counted = what === 'duration_ms' ? Math.max(before, Number(count)) : before + Number(count);
        totals.set(what, { event, counted });
      }
    }
  }
  for (const [what, { event, counted }] of totals) {
    yield { ...event, data: { ...event.data, message: `${what} ${counted}` } };
  }
  if (end !== undefined) yield end;
}

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
