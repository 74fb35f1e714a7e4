/**
 * Makes all that a release consists of in one folder, and publishes nothing: `npm run release`. `--out` names the folder
 * (`release/` without it), `--only <part>` makes some parts only. See docs/releasing.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../src/errors.ts';
import type { Part } from './release/part.ts';
import { PARTS } from './release/parts.ts';
import { releaseAt } from './release/readiness.ts';
import { writeSums } from './release/sums.ts';

const ROOT = path.dirname(import.meta.dirname);

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      out: { type: 'string', default: path.join(ROOT, 'release') },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const parts = partsCalled(options.only);
  const out = path.resolve(options.out);
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new UserError(`${out} is not empty: a release has a folder of its own`);
  }
  const release = releaseAt(ROOT);
  execFileSync(process.execPath, [path.join(ROOT, 'esbuild.mjs')], { cwd: ROOT, stdio: 'inherit' });
  mkdirSync(out, { recursive: true });
  for (const part of parts) {
    process.stdout.write(`mkbox ${release.version}: ${part.name}\n`);
    await part.make(release, out);
  }
  const names = writeSums(out);
  process.stdout.write(`${[...names, 'SHA256SUMS'].map((name) => path.join(out, name)).join('\n')}\n`);
}

/** The parts of these names, or all. A name stands for its kinds, too: `deb` for `deb-amd64` and `deb-arm64`. */
function partsCalled(names: readonly string[]): readonly Part[] {
  if (names.length === 0) return PARTS;
  const isCalled = (part: Part, name: string) => part.name === name || part.name.startsWith(`${name}-`);
  const unknown = names.find((name) => !PARTS.some((part) => isCalled(part, name)));
  if (unknown !== undefined) {
    throw new UserError(`there is no part ${unknown}; there are ${PARTS.map(({ name }) => name).join(', ')}`);
  }
  return PARTS.filter((part) => names.some((name) => isCalled(part, name)));
}
