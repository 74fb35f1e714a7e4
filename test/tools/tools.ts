import { spawnSync } from 'node:child_process';
import { UserError } from '../../src/errors.ts';
import { MOST_WAIT_MS } from '../until.ts';
import { cachedTool, fetchPackage, type Surroundings } from './fetch-package.ts';
import { findOnPath } from './find-on-path.ts';

/** A program that tests run: what a board or a person at a shell would use, never a stand-in written in the test. */
export type ToolName =
  | 'apt-get'
  | 'bash'
  | 'busybox'
  | 'chroot'
  | 'cpio'
  | 'curl'
  | 'dd'
  | 'debugfs'
  | 'dpkg-deb'
  | 'e2fsck'
  | 'gzip'
  | 'mcopy'
  | 'mkfs.ext4'
  | 'mkfs.fat'
  | 'mkimage'
  | 'nginx'
  | 'openssl'
  | 'promtool'
  | 'pzstd'
  | 'python3'
  | 'sfdisk'
  | 'sha256sum'
  | 'ssh'
  | 'sshd'
  | 'systemd-analyze'
  | 'systemd-notify'
  | 'systemd-socket-activate'
  | 'tar'
  | 'zstd'
  | 'zsh-static'
  | 'zstdcat';

/** Where each tool that was asked for lies, as absolute paths. */
export type ToolPaths<Name extends ToolName = ToolName> = Readonly<Record<Name, string>>;

interface Tool {
  /** The Debian package to install, which is what the error names. */
  readonly package: string;
  /** The package stands alone once it is unpacked, so it can be fetched when the machine lacks it. */
  readonly fetchable?: boolean;
  /** The machine's own is not used: tests need one with its surroundings. */
  readonly isAlwaysFetched?: boolean;
  /** What else has to be fetched, where it does not quite stand alone. */
  readonly surroundings?: Surroundings;
  /** What the program is called, best first; its own name if absent. */
  readonly calledAs?: readonly string[];
  /** Arguments that make it answer at once with status 0, and what the answer must hold. */
  readonly probe: readonly string[];
  readonly answers?: RegExp;
}

const SYSTEMD = {
  package: 'systemd',
  fetchable: true,
  surroundings: {
    libraries: ['libsystemd-shared', 'libseccomp2', 'libkmod2', 'libip4tc2', 'libapparmor1'],
    folders: { SYSTEMD_UNIT_PATH: 'lib/systemd/system' }, // the targets that units name
  },
  probe: ['--version'],
} as const;

/** The file systems of root partitions. */
const E2FSPROGS = {
  package: 'e2fsprogs',
  fetchable: true,
  surroundings: { libraries: ['libext2fs2', 'libcom-err2', 'libss2'], folders: {} },
  probe: ['-V'],
} as const;

/** What both ends of ssh can log in with, and small systems lack. */
const KERBEROS = ['libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0', 'libkeyutils1', 'libcom-err2'];

const TOOLS: Readonly<Record<ToolName, Tool>> = {
  'apt-get': { package: 'apt', probe: ['--version'] },
  bash: { package: 'bash', probe: ['--version'] },
  busybox: { package: 'busybox-static', fetchable: true, probe: ['true'] },
  chroot: { package: 'coreutils', probe: ['--version'] },
  cpio: { package: 'cpio', fetchable: true, probe: ['--version'] },
  curl: { package: 'curl', probe: ['--version'] },
  dd: { package: 'coreutils', probe: ['--version'] },
  debugfs: E2FSPROGS,
  'dpkg-deb': { package: 'dpkg', probe: ['--version'] },
  e2fsck: E2FSPROGS,
  gzip: { package: 'gzip', probe: ['--version'] },
  mcopy: { package: 'mtools', fetchable: true, probe: ['--version'] },
  'mkfs.ext4': E2FSPROGS,
  'mkfs.fat': { package: 'dosfstools', fetchable: true, probe: ['--help'] },
  mkimage: {
    package: 'u-boot-tools',
    fetchable: true,
    surroundings: { libraries: ['libssl3', 'libgnutls30'], folders: {} },
    probe: ['-V'],
  },
  // Debian's package of the program itself; nginx-light and its like only add modules to it.
  nginx: { package: 'nginx', fetchable: true, probe: ['-v'] },
  openssl: { package: 'openssl', probe: ['version'] },
  promtool: { package: 'prometheus', fetchable: true, probe: ['--version'] },
  pzstd: { package: 'zstd', fetchable: true, probe: ['--version'] },
  python3: { package: 'python3', probe: ['--version'] },
  sfdisk: {
    package: 'fdisk',
    fetchable: true,
    surroundings: { libraries: ['libfdisk1', 'libsmartcols1', 'libreadline8'], folders: {} },
    probe: ['--version'],
  },
  sha256sum: { package: 'coreutils', probe: ['--version'] },
  // with ssh-keygen beside it
  ssh: {
    package: 'openssh-client',
    fetchable: true,
    surroundings: { libraries: KERBEROS, folders: {} },
    probe: ['-V'],
  },
  sshd: {
    package: 'openssh-server',
    fetchable: true,
    isAlwaysFetched: true,
    // libnss-wrapper lets it know users that the machine does not have
    surroundings: { libraries: ['libwrap0', 'libnss-wrapper', ...KERBEROS], folders: {} },
    probe: ['-V'],
  },
  'systemd-analyze': SYSTEMD,
  'systemd-notify': SYSTEMD,
  'systemd-socket-activate': SYSTEMD,
  // Boards unpack with GNU tar; a BSD tar of the same name forgives and refuses other things.
  tar: { package: 'tar', calledAs: ['tar', 'gtar'], probe: ['--version'], answers: /GNU tar/ },
  zstd: { package: 'zstd', fetchable: true, probe: ['--version'] },
  // It has its modules in itself; without its functions, those of zsh-common, it completes nothing.
  'zsh-static': {
    package: 'zsh-static',
    fetchable: true,
    isAlwaysFetched: true,
    surroundings: { libraries: ['zsh-common'], folders: { ZSH_FUNCTIONS: 'usr/share/zsh/functions' } },
    probe: ['-fc', '[[ -n $ZSH_FUNCTIONS ]]'],
  },
  zstdcat: { package: 'zstd', fetchable: true, probe: ['--version'] },
};

/**
 * Paths of the tools a test needs: from PATH, else from the project's own cache, else fetched into it as a Debian
 * package, which needs no root. Throws a `UserError` that says what to install; a test that needs a tool fails
 * without it, it never skips.
 */
export function requireTools<Name extends ToolName>(...names: readonly Name[]): ToolPaths<Name> {
  const paths: Partial<Record<Name, string>> = {};
  for (const name of names) paths[name] = requireTool(name);
  return paths as Record<Name, string>;
}

function requireTool(name: ToolName): string {
  const tool = TOOLS[name];
  const works = (path: string) => answersProbe(path, tool);
  const onPath = tool.isAlwaysFetched ? undefined : findOnPath(tool.calledAs ?? [name], works);
  if (onPath !== undefined) return onPath;
  if (!tool.fetchable) throw missing(name, tool, 'it is not on PATH');
  const cached = cachedTool(tool.package, name, works);
  if (cached !== undefined) return cached;
  const reason = fetchPackage(tool.package, tool.surroundings);
  if (reason !== undefined) throw missing(name, tool, `it is not on PATH, and ${reason}`);
  const fetched = cachedTool(tool.package, name, works);
  if (fetched !== undefined) return fetched;
  throw missing(name, tool, `it is not on PATH, and the one in package ${tool.package} does not run here`);
}

function answersProbe(path: string, tool: Tool): boolean {
  const { status, stdout } = spawnSync(path, [...tool.probe], { encoding: 'utf8', timeout: MOST_WAIT_MS });
  return status === 0 && (tool.answers === undefined || tool.answers.test(stdout));
}

function missing(name: ToolName, tool: Tool, why: string): UserError {
  const what = tool.answers === undefined ? name : `${name} (${tool.answers.source})`;
  return new UserError(`This test needs ${what}: ${why}. Install it: apt-get install ${tool.package}`);
}
