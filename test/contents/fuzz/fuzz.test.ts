import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';
import { makeSubjects } from './subjects.ts';

const DURATION_MS = 5000;

test('damage ends in words, and soon, wherever bytes are changed or cut', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-fuzz-'));
  t.after(() => rm(folder, { recursive: true }));
  const seed = Date.now() % 1_000_000;
  const rounds = await fuzz(await makeSubjects(folder), DURATION_MS, seed);
  t.diagnostic(`${rounds} rounds with the seed ${seed}: npm run fuzz -- --seed ${seed}`);
});
