/** Packages the extension for this machine, or with `--all` for every platform; into the folder that `--out` names. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withoutPictures } from './without-pictures.ts';

const ROOT = path.dirname(import.meta.dirname);

/** VS Code's name of each platform, and that of the package with its zstd binary. */
const TARGETS: Record<string, string> = {
  'linux-x64': 'linux-x64-gnu',
  'linux-arm64': 'linux-arm64-gnu',
  'alpine-x64': 'linux-x64-musl',
  'alpine-arm64': 'linux-arm64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64-msvc',
};

/** What a package is made of, besides the zstd binary. */
const CONTENT = [
  'contrib',
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
const zstdVersion: string = manifest.dependencies['@mongodb-js/zstd'];

const { values: options } = parseArgs({
  options: { all: { type: 'boolean', default: false }, out: { type: 'string', default: ROOT } },
});
for (const target of options.all ? Object.keys(TARGETS) : [thisMachine()]) packageFor(target);

function thisMachine(): string {
  const musl = process.platform === 'linux' && existsSync('/etc/alpine-release');
  const target = `${musl ? 'alpine' : process.platform}-${process.arch}`;
  if (target in TARGETS) return target;
  throw new Error(`there is no zstd binary for ${target}; packages are made for ${Object.keys(TARGETS).join(', ')}`);
}

/** Lays out the package in a folder of its own, with the one binary it needs, and has vsce pack and list it. */
function packageFor(target: string): void {
  const stage = mkdtempSync(path.join(tmpdir(), `mkbox-${target}-`));
  for (const name of CONTENT) cpSync(path.join(ROOT, name), path.join(stage, name), { recursive: true });
  for (const name of ['README.md', 'docs/server.md']) {
    writeFileSync(path.join(stage, name), withoutPictures(readFileSync(path.join(ROOT, name), 'utf8')));
  }
  cpSync(path.join(ROOT, 'dist/ThirdPartyNotices.txt'), path.join(stage, 'ThirdPartyNotices.txt'));
  const { name, devDependencies, scripts, allowScripts, bin, man, ...published } = manifest;
  writeFileSync(path.join(stage, 'package.json'), JSON.stringify({ name, ...published }, undefined, 2));
  unpack('@mongodb-js/zstd', stage);
  unpack(`@mongodb-js/zstd-${TARGETS[target]}`, stage);
  const vsix = path.join(options.out, `mkbox-${target}-${manifest.version}.vsix`);
  const flags = ['--target', target, '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix];
  const vsce = path.join(ROOT, 'node_modules/@vscode/vsce/vsce');
  execFileSync(process.execPath, [vsce, 'package', ...flags], { cwd: stage, stdio: ['ignore', 'inherit', 'inherit'] });
  rmSync(stage, { recursive: true, force: true });
}

/** Puts a package of the registry into the `node_modules` of `stage`, whatever platform it is for. */
function unpack(name: string, stage: string): void {
  const cache = path.join(ROOT, '.cache', 'zstd');
  const archive = path.join(cache, `${name.replace('@', '').replace('/', '-')}-${zstdVersion}.tgz`);
  mkdirSync(cache, { recursive: true });
  if (!existsSync(archive)) npm(['pack', '--silent', '--pack-destination', cache, `${name}@${zstdVersion}`]);
  const folder = path.join(stage, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1']);
}

function npm(args: readonly string[]): void {
  const [command, before] = process.platform === 'win32' ? ['cmd', ['/c', 'npm']] : ['npm', []];
  execFileSync(command, [...before, ...args], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
