/** Packages of the npm registry that are for other platforms than this one, and so are in no `node_modules` here. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode, UserError } from '../src/errors.ts';

const ROOT = path.dirname(import.meta.dirname);
const CACHE = path.join(ROOT, '.cache', 'npm');

/** A package by its name and version, and what its archive must be. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As package-lock.json has it: `sha512-` and the digest in base64. */
  readonly integrity: string;
}

/** The package `name` as package-lock.json pins it. */
export function lockedPackage(name: string): NpmPackage & { readonly license: string } {
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  const { version, integrity, license } = packages[`node_modules/${name}`] ?? {};
  if (integrity === undefined) throw new UserError(`package-lock.json has no package ${name}`);
  return { name, version, integrity, license };
}

/** Unpacks `members` of a package into `folder`, or all of it. */
export function unpackNpmPackage(wanted: NpmPackage, folder: string, members: readonly string[] = []): void {
  const archive = fetched(wanted);
  mkdirSync(folder, { recursive: true });
  const paths = members.map((member) => `package/${member}`);
  execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1', ...paths]);
}

/**
 * The path of the package's archive, downloaded unless it is there.
 * @throws UserError when it is not what it must be
 */
function fetched({ name, version, integrity }: NpmPackage): string {
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  const archive = path.join(CACHE, file);
  if (integrityOf(archive) === integrity) return archive;
  mkdirSync(CACHE, { recursive: true });
  // In a folder of its own, then in one step: another process meets whole archives only.
  const work = mkdtempSync(path.join(CACHE, 'fetching-'));
  try {
    npm(ROOT, ['pack', '--silent', '--pack-destination', work, `${name}@${version}`]);
    const found = integrityOf(path.join(work, file));
    if (found !== integrity) throw new UserError(`${name}@${version} has the digest ${found}, and not ${integrity}`);
    renameSync(path.join(work, file), archive);
    return archive;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function integrityOf(archive: string): string | undefined {
  try {
    return `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Runs npm in `folder`; what it prints on standard output is dropped. */
export function npm(folder: string, args: readonly string[]): void {
  const [command, before] = process.platform === 'win32' ? ['cmd', ['/c', 'npm']] : ['npm', []];
  execFileSync(command, [...before, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
