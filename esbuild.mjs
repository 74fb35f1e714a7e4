import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** For Node 22.15 and later, which is what VS Code 1.101 and later run extensions on. */
const common = {
  outdir: 'dist',
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.15',
  legalComments: 'none',
  // Bundled CommonJS packages call `require` for Node's own modules.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
};

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
await Promise.all([buildExtension(), buildCommand(), buildCheckWorker(), buildManPage()]);

/** The extension: an entry that is read at activation, and chunks that are read when serving starts. */
async function buildExtension() {
  await build({
    ...common,
    entryPoints: { extension: 'src/extension.ts' },
    splitting: true,
    chunkNames: 'chunk-[hash]',
    external: ['vscode', '@mongodb-js/zstd'],
  });
}

/** The stand-alone server in one file. */
async function buildCommand() {
  await build({
    ...common,
    entryPoints: { 'update-server': 'src/cli.ts' },
    external: ['@mongodb-js/zstd'],
  });
}

/** The thread that the extension examines images on; the command is its own. */
async function buildCheckWorker() {
  await build({ ...common, entryPoints: { 'check-worker': 'src/checks/worker.ts' } });
}

async function buildManPage() {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'node_modules/marked-man/bin/marked-man.js',
    '--no-breaks',
    'docs/update-server.1.md',
  ]);
  await writeFile('dist/update-server.1', stdout);
}
