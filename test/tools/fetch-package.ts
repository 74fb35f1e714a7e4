import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath, isProgram } from './find-on-path.ts';

/** Where unpacked packages lie, a folder each; git ignores it. */
const CACHE = fileURLToPath(new URL('../../.cache/tools/', import.meta.url));

/** Downloads of a package list and a package over a slow line; past this the machine is taken for offline. */
const APT_TIMEOUT_MS = 180_000;

/** What a program needs beside its own package, to run from where it is unpacked. */
export interface Surroundings {
  /** Debian packages whose shared libraries it loads, and which a small system lacks. */
  readonly libraries: readonly string[];
  /** Variables, each a folder of the package by its path there, that is looked in before the system's own. */
  readonly folders: Readonly<Record<string, string>>;
}

/** Where programs lie that find their surroundings by variables: scripts that set these and run the real ones. */
const WRAPPED = 'wrapped';

/** Where packages have programs. */
const PROGRAMS = 'usr/bin,bin,usr/sbin,sbin';

/** The first program `name` that `works` in the folders of a package that was fetched before. */
export function cachedTool(packageName: string, name: string, works: (path: string) => boolean): string | undefined {
  const pattern = `${packageName}-${process.arch}-*/{${WRAPPED},${PROGRAMS}}/${name}`;
  const candidates = globSync(pattern, { cwd: CACHE }).sort();
  return candidates.map((path) => join(CACHE, path)).find((path) => isProgram(path) && works(path));
}

/**
 * Unpacks the Debian package `packageName` into the project's cache, as any user and without touching the system's
 * own package state. Returns undefined when it is there, else why it could not be had.
 */
export function fetchPackage(packageName: string, surroundings?: Surroundings): string | undefined {
  const [aptGet, dpkgDeb] = ['apt-get', 'dpkg-deb'].map((name) => findOnPath([name], () => true));
  if (aptGet === undefined || dpkgDeb === undefined) return 'this machine has no apt-get and dpkg-deb to fetch it with';
  process.stderr.write(`Fetching the package ${packageName} into ${CACHE}\n`);
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'fetching-'));
  try {
    const unpacked = join(work, 'unpacked');
    for (const name of [packageName, ...(surroundings?.libraries ?? [])]) {
      const deb = download(aptGet, name, work);
      if (deb === undefined) return `apt-get could not download ${name}`;
      if (spawnSync(dpkgDeb, ['-x', deb, unpacked]).status !== 0) return `dpkg-deb could not unpack ${name}`;
      rmSync(deb);
    }
    if (surroundings !== undefined) wrapPrograms(unpacked, surroundings);
    // A name of its own and one step: another test process meets whole packages only, and none ever goes away.
    renameSync(unpacked, join(CACHE, `${packageName}-${process.arch}-${work.slice(-6)}`));
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function wrapPrograms(unpacked: string, { folders }: Surroundings): void {
  mkdirSync(join(unpacked, WRAPPED));
  const libraries = new Set(globSync('**/lib*.so*', { cwd: unpacked }).map(dirname));
  const places = (paths: Iterable<string>) => Array.from(paths, (folder) => `$root/${folder}:`).join('');
  const exports = [
    `export LD_LIBRARY_PATH="${places(libraries)}$LD_LIBRARY_PATH"`,
    ...Object.entries(folders).map(([name, folder]) => `export ${name}="${places([folder])}"`),
  ];
  for (const program of globSync(`{${PROGRAMS}}/*`, { cwd: unpacked })) {
    const lines = ['#!/bin/sh', 'root=$(dirname "$0")/..', ...exports, `exec "$root/${program}" "$@"`, ''];
    writeFileSync(join(unpacked, WRAPPED, basename(program)), lines.join('\n'), { mode: 0o755 });
  }
}

/** The package's file in `work`; with the machine's own package lists, else with ones downloaded just for this. */
function download(aptGet: string, packageName: string, work: string): string | undefined {
  const cache = ['-o', `Dir::Cache=${join(work, 'cache')}`];
  // As root, apt downloads as another user, who may not write here.
  const sandbox = ['-o', 'APT::Sandbox::User=root'];
  const lists = ['-o', `Dir::State=${join(work, 'state')}`, '-o', 'Dir::State::status=/var/lib/dpkg/status'];
  for (const folder of ['cache/archives/partial', 'state/lists/partial']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const apt = (...args: string[]) => spawnSync(aptGet, args, { cwd: work, timeout: APT_TIMEOUT_MS }).status === 0;
  const fetched =
    apt(...cache, ...sandbox, 'download', packageName) ||
    (apt(...cache, ...sandbox, ...lists, 'update') && apt(...cache, ...sandbox, ...lists, 'download', packageName));
  const [deb] = fetched ? globSync('*.deb', { cwd: work }) : [];
  return deb === undefined ? undefined : join(work, deb);
}
