// Bundles into dist/. `--debug`: not minified, with source maps that debuggers find. `--watch`: so, again at every change.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { build, context } from 'esbuild';
import { thirdPartyNotices } from './scripts/notices.ts';

const isWatching = process.argv.includes('--watch');
const isForDebugging = isWatching || process.argv.includes('--debug');

/** For Node 22.15 and later, which is what VS Code 1.101 and later run extensions on. */
const common = {
  outdir: 'dist',
  bundle: true,
  minify: !isForDebugging,
  platform: 'node',
  format: 'esm',
  target: 'node22.15',
  legalComments: 'none', // ThirdPartyNotices.txt has them
  // A release's maps are kept beside it and not shipped: a stack from its log can be read with them.
  sourcemap: isForDebugging ? 'linked' : 'external',
  metafile: true,
  // Bundled CommonJS packages call `require` for Node's own modules.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
};

/** The extension: an entry that is read at activation, and chunks that are read when serving starts. */
const extension = {
  ...common,
  entryPoints: { extension: 'src/extension.ts' },
  splitting: true,
  chunkNames: 'chunk-[hash]',
  external: ['vscode', '@mongodb-js/zstd'],
};

/** The stand-alone server in one file. */
const command = { ...common, entryPoints: { 'update-server': 'src/cli.ts' }, external: ['@mongodb-js/zstd'] };

/** The thread that the extension examines images on; the command is its own. */
const checkWorker = { ...common, entryPoints: { 'check-worker': 'src/checks/worker.ts' } };

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
const bundles = [extension, command, checkWorker];
if (isWatching) {
  for (const bundle of bundles) await (await context({ ...bundle, logLevel: 'info' })).watch();
} else {
  const results = await Promise.all(bundles.map((bundle) => build(bundle)));
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile('dist/inputs.json', JSON.stringify(inputs));
  await writeFile('dist/ThirdPartyNotices.txt', thirdPartyNotices(import.meta.dirname, inputs));
  await makeManPage();
}

async function makeManPage() {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'node_modules/marked-man/bin/marked-man.js',
    '--no-breaks',
    'docs/update-server.1.md',
  ]);
  await writeFile('dist/update-server.1', stdout);
}
