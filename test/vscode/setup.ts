/**
 * Installs VS Code for the tests, from npm packages alone: `node test/vscode/setup.ts`.
 *
 * code-server is VS Code with a web front. Its own install scripts build more than the tests need, so they are left
 * out and the two native parts that its server loads are built here.
 */
import { access, constants, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot, keep } from './cache.ts';
import { NODE, npm, versionOf } from './npm.ts';

/** code-server 4.x.y carries VS Code 1.x.y. */
const CODE_SERVER_VERSION = '4.139.1';

/** The native parts without which VS Code's server does not start: its log, and the watch on its parent process. */
const NATIVE_PARTS = ['@vscode/spdlog', '@vscode/native-watchdog'];

/**
 * Of VS Code's built-in extensions, those by which a file or a colour of a test looks as users see it. The manifests of
 * all hundred cost each window 3 s of a processor.
 */
const BUILT_IN_EXTENSIONS = [
  'configuration-editing',
  'diff',
  'ini',
  'json',
  'log',
  'markdown-basics',
  'shellscript',
  'theme-defaults',
  'theme-seti',
  'xml',
  'yaml',
];

/** A VS Code ready to run: `node entry …`. */
export interface Installation {
  node: string;
  entry: string;
}

/** Installs VS Code unless it is there already, telling what takes long. */
export async function setUp(progress: (line: string) => void = toStandardError): Promise<Installation> {
  const node = await versionOf('node');
  const folder = path.join(cacheRoot(), 'code-server');
  await keep({
    folder,
    contents: JSON.stringify({
      codeServer: CODE_SERVER_VERSION,
      extensions: BUILT_IN_EXTENSIONS,
      node,
      platform: process.platform,
      arch: process.arch,
    }),
    make: (empty) => install(empty, node, progress),
    progress,
  });
  return { node: NODE, entry: path.join(folder, 'node_modules/code-server/out/node/entry.js') };
}

async function install(folder: string, node: string, progress: (line: string) => void): Promise<void> {
  await requireCompiler();
  const omitAll = ['install', '--ignore-scripts', '--omit=dev'];
  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');

  progress(`Installing VS Code 1.${CODE_SERVER_VERSION.slice(2)} into ${folder} (once, about a minute) …`);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }\n');
  await npm(folder, [...omitAll, `code-server@${CODE_SERVER_VERSION}`]);

  progress('Installing what VS Code depends on …');
  await npm(vscode, omitAll);
  await keepOnly(path.join(vscode, 'extensions'), BUILT_IN_EXTENSIONS);

  progress(`Building ${NATIVE_PARTS.join(' and ')} …`);
  const headers = await installNodeHeaders(`${folder}-headers`, node);
  await npm(vscode, ['rebuild', '--ignore-scripts=false', ...NATIVE_PARTS], {
    npm_config_nodedir: headers.nodedir,
    JOBS: 'max',
  });
  await headers.remove();
  progress('VS Code is ready.');
}

async function keepOnly(folder: string, names: readonly string[]): Promise<void> {
  const present = await readdir(folder);
  const missing = names.filter((name) => !present.includes(name));
  if (missing.length > 0) throw new Error(`This VS Code has no built-in extension ${missing.join(', ')}: ${folder}`);
  for (const name of present) {
    if (!names.includes(name)) await rm(path.join(folder, name), { recursive: true });
  }
}

/** Node's C++ headers come in the npm package of its binary: 190 MB that only the build needs. */
async function installNodeHeaders(folder: string, version: string) {
  const name = `node-${process.platform}-${process.arch}`;
  await rm(folder, { recursive: true, force: true });
  await npm(path.dirname(folder), ['install', '--ignore-scripts', '--prefix', folder, `${name}@${version}`]);
  return {
    nodedir: path.join(folder, 'node_modules', name),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function requireCompiler(): Promise<void> {
  const tools = ['python3', 'make', process.env.CXX?.split(' ')[0] || 'g++'];
  const missing: string[] = [];
  for (const tool of tools) {
    if (!(await isOnPath(tool))) {
      missing.push(tool);
    }
  }
  if (missing.length > 0) {
    throw new Error(
      `VS Code's native parts are built on this machine, which lacks ${missing.join(', ')}: install them first ` +
        '(on Debian or Ubuntu: apt-get install python3 make g++).',
    );
  }
}

async function isOnPath(command: string): Promise<boolean> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const found = await access(path.resolve(folder, command), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) {
      return true;
    }
  }
  return false;
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (import.meta.main) {
  try {
    await setUp();
  } catch (error) {
    toStandardError(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
