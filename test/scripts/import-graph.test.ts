import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findCircle, importGraph, roomGraph, withGraph } from '../../scripts/import-graph.ts';

const PROJECT = path.join(import.meta.dirname, '../..');
const architecture = () => readFile(path.join(PROJECT, 'docs/architecture.md'), 'utf8');

describe('the imports in src', () => {
  it('go in no circle, from floor to floor', () => assert.equal(findCircle(importGraph(1)), undefined));

  it('go in no circle, from room to room', () => assert.equal(findCircle(roomGraph()), undefined));

  it('would be seen to, if they did', () => {
    const graph = new Map([
      ['a', new Map([['b', 1]])],
      ['b', new Map([['c', 1]])],
      ['c', new Map([['b', 1]])],
    ]);
    assert.deepEqual(findCircle(graph), ['b', 'c', 'b']);
  });

  it('are drawn in docs/architecture.md as they are: node scripts/import-graph.ts', async () => {
    const text = await architecture();
    assert.equal(text, withGraph(text));
  });
});

describe('docs/architecture.md', () => {
  it('names only files that exist', async () => {
    const files = (await readdir(path.join(PROJECT, 'src'), { recursive: true })).map((file) => `/${file}`);
    const named = (await architecture()).match(/[\w./-]+\.ts\b/g) ?? [];
    const lost = named.filter(
      (name) =>
        !existsSync(path.join(PROJECT, name)) &&
        !files.some((file) => file.replaceAll('\\', '/').endsWith(`/${name.replace(/^(\.\.\/)*(src\/)?/, '')}`)),
    );
    assert.ok(named.length > 40);
    assert.deepEqual(lost, []);
  });
});
