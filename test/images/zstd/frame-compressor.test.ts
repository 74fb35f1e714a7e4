import { deepEqual, equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { loadFrameCompressor } from '../../../src/images/zstd/frame-compressor.ts';
import { makeBoxes } from '../image-sets.ts';
import { numbers } from '../zstd-files.ts';

const MODULE = path.resolve(import.meta.dirname, '../../../src/images/zstd/frame-compressor.ts');

suite('a frame', () => {
  const content = numbers(500_000);

  test('holds what went into it', async () => {
    const compress = await loadFrameCompressor();
    equal(zstdDecompressSync(Buffer.concat(await compress(content))).equals(content), true);
  });

  test('is the same to the byte where the native compressor is not installed', async () => {
    await using boxes = await makeBoxes();
    const outfile = boxes.beside('compressor.mjs');
    const external = ['@mongodb-js/zstd'];
    await build({ entryPoints: [MODULE], outfile, bundle: true, platform: 'node', format: 'esm', external });
    const script = `
      import { createHash } from 'node:crypto';
      import { loadFrameCompressor } from ${JSON.stringify(pathToFileURL(outfile).href)};
      const content = Buffer.from(Array.from({ length: 500_000 }, (_, index) => \`\${index + 1}\\n\`).join(''));
      const isNative = await import('@mongodb-js/zstd').then(() => true, () => false);
      const frame = Buffer.concat(await (await loadFrameCompressor())(content));
      console.log(JSON.stringify({ isNative, digest: createHash('sha256').update(frame).digest('hex') }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: boxes.beside(),
      timeout: 240_000,
    });
    const frame = Buffer.concat(await (await loadFrameCompressor())(content));
    deepEqual(JSON.parse(stdout), { isNative: false, digest: createHash('sha256').update(frame).digest('hex') });
  });
});
