import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../src/errors.ts';
import { requireTools } from './tools.ts';

/** Where the packages that make a root lie; git ignores it. */
const CACHE = fileURLToPath(new URL('../../.cache/tools/', import.meta.url));

/** What a small Debian is made of, besides what these depend on: dpkg with the programs it runs, and no more. */
const PACKAGES = [
  'coreutils',
  'dash',
  'diffutils',
  'dpkg',
  'findutils',
  'init-system-helpers',
  'libc-bin',
  'libstdc++6',
  'passwd',
  'perl-base',
  'systemd-standalone-sysusers',
  'tar',
  'usr-is-merged',
];

/** Downloads over a slow line. */
const APT_TIMEOUT_MS = 300_000;
const RUN_MS = 60_000;

/**
 * A small Debian in a folder, with dpkg and hardly more: made of Debian's packages, which are known to its dpkg as installed.
 * Needs root, or leave to make namespaces of one's own. Disposing it removes it.
 */
export class DebianRoot implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'mkbox-debian-'));

  constructor() {
    for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
      mkdirSync(this.at('usr', name), { recursive: true });
      symlinkSync(`usr/${name}`, this.at(name));
    }
    for (const name of ['dev', 'etc', 'proc', 'tmp', 'var/lib/dpkg/info', 'var/lib/dpkg/updates']) {
      mkdirSync(this.at(name), { recursive: true });
    }
    const archives = archivesOfRoot();
    const { 'dpkg-deb': dpkgDeb, tar } = requireTools('dpkg-deb', 'tar');
    for (const archive of archives) {
      const files = execFileSync(dpkgDeb, ['--fsys-tarfile', archive], { maxBuffer: 2 ** 28 });
      execFileSync(tar, ['-x', '--keep-directory-symlink', '-C', this.folder], { input: files });
    }
    const stanzas = archives.map((archive) => execFileSync(dpkgDeb, ['--field', archive], { encoding: 'utf8' }));
    const installed = stanzas.map((stanza) => stanza.replace('\n', '\nStatus: install ok installed\n'));
    writeFileSync(this.at('var/lib/dpkg/status'), `${installed.join('\n')}\n`);
    writeFileSync(this.at('etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    writeFileSync(this.at('etc/group'), 'root:x:0:\n');
    // A device takes more rights than tests may have; nobody reads from it.
    writeFileSync(this.at('dev/null'), '');
    if (!existsSync(this.at('usr/bin/sh'))) symlinkSync('dash', this.at('usr/bin/sh'));
  }

  /** A path in it, as seen from here. */
  at(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** The program, arguments and environment that run a program in it. */
  command(...program: readonly string[]): readonly [file: string, args: string[], env: NodeJS.ProcessEnv] {
    const { chroot } = requireTools('chroot');
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
    const args = [this.folder, ...program];
    return process.geteuid?.() === 0
      ? [chroot, args, env]
      : ['/usr/bin/unshare', ['--map-root-user', chroot, ...args], env];
  }

  /** What a program prints in it. @throws when it fails, with all that it printed */
  run(...program: readonly string[]): string {
    const [file, args, env] = this.command(...program);
    const { status, stdout, stderr, error } = spawnSync(file, args, { env, encoding: 'utf8', timeout: RUN_MS });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${program.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
    return stdout;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** The packages that make a root, as files: downloaded once. */
function archivesOfRoot(): string[] {
  const pattern = `debian-root-${process.arch}-*/*.deb`;
  const kept = globSync(pattern, { cwd: CACHE });
  if (kept.length === 0) fetchArchives();
  const [first = ''] = globSync(pattern, { cwd: CACHE }).map((file) => path.dirname(file));
  return globSync(path.join(first, '*.deb'), { cwd: CACHE }).map((file) => path.join(CACHE, file));
}

/** Has apt download PACKAGES and all that they depend on, as on a machine that has no package at all. */
function fetchArchives(): void {
  const { 'apt-get': aptGet } = requireTools('apt-get');
  process.stderr.write(`Fetching a small Debian into ${CACHE}\n`);
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(path.join(CACHE, 'fetching-'));
  try {
    for (const folder of ['cache/archives/partial', 'state/lists/partial']) {
      mkdirSync(path.join(work, folder), { recursive: true });
    }
    writeFileSync(path.join(work, 'status'), '');
    const options = {
      'Dir::Cache': path.join(work, 'cache'),
      'Dir::State::status': path.join(work, 'status'),
      'APT::Sandbox::User': 'root',
      'APT::Install-Recommends': 'false',
      'Debug::NoLocking': 'true',
    };
    const lists = { ...options, 'Dir::State': path.join(work, 'state') };
    const apt = (settings: Readonly<Record<string, string>>, ...args: string[]) => {
      const flags = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
      return spawnSync(aptGet, [...flags, ...args], { timeout: APT_TIMEOUT_MS }).status === 0;
    };
    const download = ['install', '--yes', '--download-only', ...PACKAGES];
    const isThere = apt(options, ...download) || (apt(lists, 'update') && apt(lists, ...download));
    if (!isThere) throw new UserError(`This test needs packages of Debian, and apt-get could not download them.`);
    // A name of its own and one step: another process meets whole folders only.
    renameSync(path.join(work, 'cache/archives'), path.join(CACHE, `debian-root-${process.arch}-${work.slice(-6)}`));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
