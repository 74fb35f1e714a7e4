/**
 * Runs the test files that globs name, two at a time. The order decides how long that takes: files that keep a processor
 * busy (each has a VS Code) come evenly among the others. Of those, neighbours by name are alike, and when all of them
 * wait for a slow line, a processor idles: the order by a digest of their names mixes them, the same way every time.
 */
import { hash } from 'node:crypto';
import { globSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** What Node has compiled and rid of types is kept for the next process: there are hundreds. */
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, '../.cache/compiled');

/** One for each of two processors: with three, nothing ended sooner, and what is awaited in an editor came too late. */
const FILES_AT_ONCE = 2;

const globs = process.argv.slice(2);
const files = globSync(globs).sort();
if (files.length === 0) throw new Error(`No test file is named by ${globs.join(' ')}`);
const busy = files.filter((file) => file.includes(path.join('test', 'vscode')));
const others = files
  .filter((file) => !busy.includes(file))
  .sort((a, b) => (hash('sha256', a) < hash('sha256', b) ? -1 : 1));

run({ files: spread(busy, others), concurrency: FILES_AT_ONCE })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(spec)
  .pipe(process.stdout);

/** All of `others`, with `some` evenly among them. */
function spread(some: readonly string[], others: readonly string[]): string[] {
  if (some.length === 0) return [...others];
  const share = others.length / some.length;
  return some.flatMap((file, at) => [file, ...others.slice(Math.floor(at * share), Math.floor((at + 1) * share))]);
}
