/** The extension as a package, made once for all tests of what was built. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { keep, PROJECT_ROOT } from './cache.ts';
import { prepareExtensions } from './vscode.ts';

/** What a package is made of. */
const SOURCES = ['dist', 'docs', 'l10n', 'media', 'contrib', 'scripts', 'src/editor/api.ts', '.'];

/** Packages the extension, unless that was done since it was built. Answers the `.vsix`. */
async function packagedExtension(): Promise<string> {
  const folder = path.join(PROJECT_ROOT, '.vscode-test', 'package');
  await keep({
    folder,
    contents: await digestOfSources(),
    make: async (empty) => {
      await promisify(execFile)(process.execPath, [path.join(PROJECT_ROOT, 'scripts/package.ts'), '--out', empty]);
    },
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const vsix = (await readdir(folder)).find((name) => name.endsWith('.vsix'));
  if (vsix === undefined) throw new Error('the extension was not packaged; is it built? npm run build');
  return path.join(folder, vsix);
}

/** Puts the packaged extension, which VS Code installed once for all tests, into a folder. Answers the `.vsix`. */
export async function installPackaged(extensionsDir: string): Promise<string> {
  const vsix = await packagedExtension();
  const folder = path.join(PROJECT_ROOT, '.vscode-test', 'installed');
  await keep({
    folder,
    contents: await digestOfSources(),
    make: (empty) => prepareExtensions(vsix, empty),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  await cp(folder, extensionsDir, { recursive: true });
  return vsix;
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of await filesOf(path.join(PROJECT_ROOT, source), source !== '.')) {
      hash.update(`${path.relative(PROJECT_ROOT, file)}\n`).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

/** The files in a folder, or the one that it is; sorted. */
async function filesOf(source: string, recursive: boolean): Promise<string[]> {
  if (path.extname(source) === '.ts') return [source];
  const entries = await readdir(source, { recursive, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
