/**
 * Writes a log again with the places of its stacks as they stand in `src/`: `npm run stack -- <release>/dist < log`. The
 * folder holds the source maps that were kept when that release was built.
 */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** A place in a bundle, as V8 writes it in a stack: `…/dist/update-server.js:12:3456`, counted from 1. */
const PLACE = /[^\s(]*?([\w-]+\.js):(\d+):(\d+)/g;

/** `text` with the places in bundles whose maps lie in `folder` replaced by those they were made from. */
export function mapPlaces(text: string, folder: string, maps = new Map<string, SourceMap | undefined>()): string {
  return text.replace(PLACE, (place, bundle: string, line: string, column: string) => {
    if (!maps.has(bundle)) maps.set(bundle, readMap(path.join(folder, `${bundle}.map`)));
    const entry = maps.get(bundle)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    return `${entry.originalSource.replace(/^(\.\.\/)+/, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

function readMap(file: string): SourceMap | undefined {
  return existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , folder = 'dist'] = process.argv;
  const maps = new Map<string, SourceMap | undefined>();
  for await (const line of createInterface(process.stdin)) process.stdout.write(`${mapPlaces(line, folder, maps)}\n`);
}
