import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
await Promise.all([buildCommand(), buildManPage()]);

/** The stand-alone server in one file, for Node 22.15 and later. */
async function buildCommand() {
  await build({
    entryPoints: { 'update-server': 'src/cli.ts' },
    outdir: 'dist',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.15',
    legalComments: 'none',
    // Bundled CommonJS packages call `require` for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
}

async function buildManPage() {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'node_modules/marked-man/bin/marked-man.js',
    'docs/update-server.1.md',
  ]);
  await writeFile('dist/update-server.1', stdout);
}
