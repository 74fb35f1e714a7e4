/** Damages file systems, archives and seek tables, and looks at them: `npm run fuzz -- --seconds 60 --seed 1`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { makeSubjects } from './subjects.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
  },
});
const seed = Number(values.seed);
const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-fuzz-'));
try {
  const subjects = await makeSubjects(folder);
  console.log(`${subjects.map(({ name }) => name).join('; ')}: ${values.seconds} s with the seed ${seed}`);
  console.log(`${await fuzz(subjects, Number(values.seconds) * 1000, seed)} rounds`);
} finally {
  await rm(folder, { recursive: true });
}
