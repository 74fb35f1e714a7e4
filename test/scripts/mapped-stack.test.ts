import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { mapPlaces } from '../../scripts/mapped-stack.ts';

it('the places of a stack from what is packaged are found in the sources', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-stack-'));
  try {
    const contents = '// a comment\n\nexport function fail() {\n  throw new TypeError("as bugs go");\n}\n';
    await build({
      stdin: { contents, sourcefile: 'failing.ts', resolveDir: folder },
      outfile: path.join(folder, 'bundle.js'),
      format: 'esm',
      minify: true,
      sourcemap: 'external',
    });
    const { fail } = await import(pathToFileURL(path.join(folder, 'bundle.js')).href);
    assert.throws(fail, (error: Error) => {
      const stack = String(error.stack);
      assert.doesNotMatch(stack, /failing\.ts/);
      assert.match(mapPlaces(stack, folder), /TypeError: as bugs go\n.*failing\.ts:4:9/);
      assert.equal(mapPlaces(stack, path.join(folder, 'of-another-release')), stack);
      return true;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
