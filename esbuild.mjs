// Bundles into dist/. `--debug`: not minified, with source maps that debuggers find. `--watch`: so, again at every change.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
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

/**
 * Keeps all that the entry imports in one chunk. A chunk is what the same imports lead to, and each file costs the
 * editor two milliseconds at its start: what is imported later imports the entry, too, so that all lead to its modules.
 */
const oneChunkAtStart = {
  name: 'one-chunk-at-start',
  setup({ onLoad }) {
    const entry = path.resolve('src/extension.ts');
    const late = new Set(importedLater(path.dirname(entry)));
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      if (!late.has(file)) return undefined;
      // at the end, so that lines keep their numbers
      return { contents: `${await readFile(file, 'utf8')}import ${JSON.stringify(entry)};`, loader: 'ts' };
    });
  },
};

/** The files below a folder that one of them imports with `import('…')`. */
function importedLater(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const imports = readFileSync(path.join(folder, file), 'utf8').matchAll(/\bimport\('(\.[^']+)'\)/g);
    return [...imports].map(([, imported]) => path.resolve(folder, path.dirname(file), imported));
  });
}

/** The code of a thread as the address of its file, which lies beside. */
const threadFiles = threadCode(({ name }) => ({
  contents: `export const code = new URL('./${name}.js', import.meta.url);`,
}));

/** The extension: an entry and a chunk that are read at activation, and chunks for the views, for serving and the rest. */
const extension = {
  ...common,
  entryPoints: { extension: 'src/extension.ts' },
  splitting: true,
  chunkNames: 'chunk-[hash]',
  external: ['vscode', '@mongodb-js/zstd'],
  plugins: [threadFiles, oneChunkAtStart],
};

/** The threads of the extension, each in a file: `worker.js` is the code in `worker-code.ts`. */
const threads = {
  ...common,
  entryPoints: ['src/checks/worker.ts', 'src/checks/inventory-worker.ts', 'src/images/sha256-thread.ts'],
  entryNames: '[name]',
  plugins: [threadFiles],
};

/**
 * Loads Node's own modules when the module that imports them runs: as imports of one file, all of them would be loaded
 * when it starts, whatever of it runs.
 */
const builtinsOnDemand = {
  name: 'builtins-on-demand',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path: builtin, kind }) =>
      kind === 'require-call' ? undefined : { path: builtin, namespace: 'builtin', sideEffects: false },
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: builtin }) => ({
      contents: `module.exports = require('${builtin}');`,
    }));
  },
};

/** The stand-alone server in one file. */
const command = {
  ...common,
  entryPoints: { 'update-server': 'src/cli.ts' },
  external: ['@mongodb-js/zstd'],
  plugins: [threadCode(textOfThread), builtinsOnDemand],
};

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
const bundles = [extension, threads, command];
if (isWatching) {
  for (const bundle of bundles) await (await context({ ...bundle, logLevel: 'info' })).watch();
} else {
  const results = await Promise.all(bundles.map((bundle) => build(bundle)));
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile('dist/inputs.json', JSON.stringify(inputs));
  await writeFile('dist/ThirdPartyNotices.txt', thirdPartyNotices(import.meta.dirname, inputs));
  await makeManPage();
}

/** Puts what `contentsFor` answers into a bundle in the place of `worker-code.ts`, and the like: the code of a thread. */
function threadCode(contentsFor) {
  return {
    name: 'thread-code',
    setup({ onLoad }) {
      onLoad({ filter: /-code\.ts$/ }, ({ path: file }) => {
        const entry = file.replace(/-code\.ts$/, '.ts');
        return contentsFor({ entry, name: path.basename(entry, '.ts') });
      });
    },
  };
}

/**
 * The code of a thread as a text, so that the command is one file of which its threads read what they need. It is a
 * script: a thread takes no other text. Stacks name it as its map is named.
 */
async function textOfThread({ entry, name }) {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { [`update-server-${name}`]: entry },
    format: 'cjs',
    banner: {},
    footer: { js: `//# sourceURL=update-server-${name}.js` },
    sourcemap: isForDebugging ? 'inline' : 'external',
    write: false,
    plugins: [threadCode(textOfThread)],
  });
  const [code, map] = outputFiles.toSorted((one, other) => one.path.length - other.path.length);
  if (map !== undefined) await writeFile(map.path, map.contents);
  return {
    contents: `export const code = ${JSON.stringify(code.text)};`,
    watchFiles: Object.keys(metafile.inputs).map((input) => path.resolve(input)),
  };
}

async function makeManPage() {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'node_modules/marked-man/bin/marked-man.js',
    '--no-breaks',
    'docs/update-server.1.md',
  ]);
  await writeFile('dist/update-server.1', stdout);
}
