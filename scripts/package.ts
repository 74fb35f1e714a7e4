/** Packages the extension for this machine, or with `--all` for every platform; into the folder that `--out` names. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { lockedPackage, unpackNpmPackage } from './npm-packages.ts';
import { TARGETS } from './targets.ts';
import { withoutPictures } from './without-pictures.ts';

const ROOT = path.dirname(import.meta.dirname);

/** What a package is made of, besides the zstd binary. */
const CONTENT = [
  'contrib',
  'demo',
  'dist',
  'docs',
  'l10n',
  'media',
  'src/editor/api.ts',
  '.vscodeignore',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'SECURITY.md',
  'package.nls.de.json',
  'package.nls.json',
];

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

const { values: options } = parseArgs({
  options: { all: { type: 'boolean', default: false }, out: { type: 'string', default: ROOT } },
});
const targets = Object.entries(TARGETS).filter(options.all ? () => true : isThisMachine);
if (targets.length === 0) {
  throw new Error(`there is no zstd binary for this machine; packages are made for ${Object.keys(TARGETS).join(', ')}`);
}
for (const [target, binary] of targets) packageFor(target, binary);

function isThisMachine([target]: readonly [string, string]): boolean {
  const musl = process.platform === 'linux' && existsSync('/etc/alpine-release');
  return target === `${musl ? 'alpine' : process.platform}-${process.arch}`;
}

/** Lays out the package in a folder of its own, with the one binary it needs, and has vsce pack and list it. */
function packageFor(target: string, binary: string): void {
  const stage = mkdtempSync(path.join(tmpdir(), `mkbox-${target}-`));
  for (const name of CONTENT) cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  for (const name of ['README.md', 'docs/server.md']) {
    writeFileSync(path.join(stage, name), withoutPictures(readFileSync(path.join(ROOT, name), 'utf8')));
  }
  cpSync(path.join(ROOT, 'dist/ThirdPartyNotices.txt'), path.join(stage, 'ThirdPartyNotices.txt'));
  const { name, devDependencies, scripts, allowScripts, bin, man, ...published } = manifest;
  writeFileSync(path.join(stage, 'package.json'), JSON.stringify({ name, ...published }, undefined, 2));
  unpack('@mongodb-js/zstd', stage);
  unpack(binary, stage);
  const vsix = path.join(options.out, `mkbox-${target}-${manifest.version}.vsix`);
  const flags = ['--target', target, '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix];
  const vsce = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');
  execFileSync(process.execPath, [vsce, 'package', ...flags], { cwd: stage, stdio: ['ignore', 'inherit', 'inherit'] });
  rmSync(stage, { recursive: true, force: true });
}

/** Puts a package of the registry into the `node_modules` of `stage`, whatever platform it is for. */
function unpack(name: string, stage: string): void {
  unpackNpmPackage(lockedPackage(name), path.join(stage, 'node_modules', name));
}
