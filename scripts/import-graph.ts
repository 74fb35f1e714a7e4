/**
 * Who imports whom in `src/`, by floor and folder: `node scripts/import-graph.ts` writes the drawing into
 * docs/architecture.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const PROJECT = path.join(import.meta.dirname, '..');
const SOURCES = path.join(PROJECT, 'src');
const DOCUMENT = path.join(PROJECT, 'docs/architecture.md');

/** Between these lines stands what this script writes. */
const BEGIN = '<!-- the import graph, by scripts/import-graph.ts -->';
const END = '<!-- the end of the import graph -->';

/** The folder of the files that lie in `src/` itself, and of those on top, which wire everything. */
const GROUND = 'src';
const ROOF: ReadonlySet<string> = new Set(['cli.ts', 'extension.ts']);

/** As the formatter leaves it; a comment that looks so is none of ours. */
const RELATIVE_IMPORT = /\b(?:from |import |import\()'(\.[^']+)'/g;

/** By importing folder: the folders that it imports from, and by how many imports. */
export type ImportGraph = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The imports between folders of `src/`, of `depth` levels: with 1 the floors, with 2 their rooms. */
export function importGraph(depth: number): ImportGraph {
  const graph = new Map<string, Map<string, number>>();
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.ts') || ROOF.has(file)) continue;
    const from = folderOf(file, depth);
    const edges = graph.get(from) ?? new Map<string, number>();
    graph.set(from, edges);
    for (const [, specifier = ''] of readFileSync(path.join(SOURCES, file), 'utf8').matchAll(RELATIVE_IMPORT)) {
      const to = folderOf(path.posix.join(path.posix.dirname(file), specifier), depth);
      if (to !== from && !to.startsWith('..')) edges.set(to, (edges.get(to) ?? 0) + 1);
    }
  }
  return graph;
}

/** The imports between the rooms of floors, and from one floor's rooms to another's: a floor's own files stand in its hall. */
export function roomGraph(): ImportGraph {
  const isHall = (one: string, other: string) =>
    one === GROUND || other.startsWith(`${one}/`) || one.startsWith(`${other}/`);
  return new Map(
    [...importGraph(2)].map(([from, edges]) => [from, new Map([...edges].filter(([to]) => !isHall(to, from)))]),
  );
}

/** A way from a folder back to itself, if there is one. */
export function findCircle(graph: ImportGraph): readonly string[] | undefined {
  const done = new Set<string>();
  const search = (folder: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    if (done.has(folder)) return undefined;
    for (const next of graph.get(folder)?.keys() ?? []) {
      const circle = search(next, [...way, folder]);
      if (circle !== undefined) return circle;
    }
    done.add(folder);
    return undefined;
  };
  for (const folder of graph.keys()) {
    const circle = search(folder, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** The document's text with the drawing of the floors as they are now. */
export function withGraph(text: string): string {
  const [before, rest = ''] = text.split(BEGIN);
  const [, after = ''] = rest.split(END);
  return `${before}${BEGIN}\n\n${drawing(importGraph(1))}\n${END}${after}`;
}

/** What everything stands on is left out: the arrows would hide the others. */
function drawing(graph: ImportGraph): string {
  const lines = [...graph].flatMap(([from, edges]) =>
    [...edges].filter(([to]) => to !== GROUND).map(([to, count]) => `  ${from} -->|${count}| ${to}`),
  );
  return ['```mermaid', 'flowchart BT', ...lines.sort(), '```', ''].join('\n');
}

/** `src` for a file that lies there. */
function folderOf(file: string, depth: number): string {
  const folder = path.posix.dirname(file.replaceAll('\\', '/'));
  return folder === '.' ? GROUND : folder.split('/').slice(0, depth).join('/');
}

if (import.meta.main) writeFileSync(DOCUMENT, withGraph(readFileSync(DOCUMENT, 'utf8')));
