/** The Debian package `mkbox-update-server`: the command with a Node of its own, and what it needs to be a service. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { lockedPackage, unpackNpmPackage } from '../../npm-packages.ts';
import { TARGETS } from '../../targets.ts';
import { type Architecture, NODE_RUNTIMES } from '../node-runtime.ts';
import type { Part } from '../part.ts';
import type { Release } from '../readiness.ts';
import { debianChangelog } from './changelog.ts';
import { documents } from './documents.ts';
import { debianPackage } from './package-file.ts';
import type { PackagedFile } from './tree.ts';
import { serviceForDebian } from './units.ts';

const NAME = 'mkbox-update-server';
const LIBRARY = `usr/lib/${NAME}`;
const DOCS = `usr/share/doc/${NAME}`;

/** What other programs are given, in `contrib/`. */
const EXAMPLES = ['nginx.conf', 'nginx-edge.conf', 'prometheus/mkbox.rules.yml', 'grafana/mkbox.json'];

/** The extension's platform of the same machines, whose zstd binary the command takes, too. */
const TARGET: Record<Architecture, string> = { amd64: 'linux-x64', arm64: 'linux-arm64' };

/** The part that makes the package for an architecture. */
export function debianPart(architecture: Architecture): Part {
  return {
    name: `deb-${architecture}`,
    make: async (release, out) => {
      const file = `${NAME}_${release.version}_${architecture}.deb`;
      writeFileSync(path.join(out, file), await packageFor(release, architecture));
    },
  };
}

async function packageFor(release: Release, architecture: Architecture): Promise<Buffer> {
  const stage = mkdtempSync(path.join(tmpdir(), `mkbox-deb-${architecture}-`));
  try {
    const node = NODE_RUNTIMES[architecture];
    unpackNpmPackage(node, stage, ['bin/node', 'LICENSE']);
    for (const name of ['@mongodb-js/zstd', TARGETS[TARGET[architecture]] ?? '']) {
      unpackNpmPackage(lockedPackage(name), path.join(stage, 'node_modules', name));
    }
    return await debianPackage({
      fields: {
        Package: NAME,
        Version: release.version,
        Architecture: architecture,
        Maintainer: release.maintainer,
        // What Node's binary asks for: GLIBC_2.28, GLIBCXX_3.4.21, GCC_3.4.
        Depends:
          'libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.2), systemd | systemd-standalone-sysusers | systemd-sysusers',
        Suggests: 'nginx',
        Section: 'net',
        Priority: 'optional',
        Description: [
          'update server for images of the mkbox-project',
          ' Serves the images that were built with the mkbox-project to boards, which ask',
          ' for a newer build at each boot. Every image is verified before it is sent, and',
          ' for every board it is known what it got, or why it got nothing.',
          ' .',
          ' The package has a Node.js of its own.',
        ].join('\n'),
      },
      control: ['postinst', 'prerm', 'postrm', 'conffiles'].map((name) => ({
        path: name,
        content: readFileSync(path.join(release.root, 'packaging/debian/control', name)),
        isExecutable: name !== 'conffiles',
      })),
      files: filesOf(release, stage),
      seconds: release.seconds,
    });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** All files of the package: ours, and in `stage` what others made. */
function filesOf({ root, changelog, maintainer }: Release, stage: string): PackagedFile[] {
  const read = (...names: string[]) => readFileSync(path.join(root, ...names));
  const completion = (shell: string) =>
    execFileSync(process.execPath, [path.join(root, 'dist/update-server.js'), 'completion', shell]);
  const service = serviceForDebian(read('contrib/mkbox-update-server.service').toString());
  const files: PackagedFile[] = [
    ...below(path.join(root, 'packaging/debian/root')),
    ...below(path.join(stage, 'node_modules')).map((file) => ({
      ...file,
      path: `${LIBRARY}/node_modules/${file.path}`,
    })),
    { path: `${LIBRARY}/node`, content: readFileSync(path.join(stage, 'bin/node')), isExecutable: true },
    {
      path: `${LIBRARY}/update-server.js`,
      content: Buffer.from(withoutInterpreter(read('dist/update-server.js').toString())),
    },
    { path: 'usr/share/bash-completion/completions/update-server', content: completion('bash') },
    { path: 'usr/share/zsh/vendor-completions/_update-server', content: completion('zsh') },
    { path: `usr/lib/systemd/system/${NAME}.service`, content: Buffer.from(service) },
    { path: `usr/lib/systemd/system/${NAME}.socket`, content: read('contrib/mkbox-update-server.socket') },
    { path: 'usr/share/man/man1/update-server.1.gz', content: gzipped(read('dist/update-server.1')) },
    { path: `${DOCS}/changelog.gz`, content: gzipped(debianChangelog(changelog.releases, maintainer)) },
    { path: `${DOCS}/copyright`, content: copyright(read('LICENSE').toString()) },
    { path: `${DOCS}/ThirdPartyNotices.txt.gz`, content: gzipped(read('dist/ThirdPartyNotices.txt')) },
    { path: `${DOCS}/LICENSE.node.gz`, content: gzipped(readFileSync(path.join(stage, 'LICENSE'))) },
    ...documents(root, `${DOCS}/docs`),
    ...EXAMPLES.map((name) => ({
      path: `${DOCS}/examples/${path.basename(name)}`,
      content: read('contrib', name),
    })),
  ];
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The files below `folder`, by their paths in it; programs are what lies in `usr/bin`. */
function below(folder: string): PackagedFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    return { path: name, content: readFileSync(file), isExecutable: name.startsWith('usr/bin/') };
  });
}

function copyright(licence: string): Buffer {
  const text = `The licence of mkbox-update-server:

${licence}
Those of the packages that its code contains are in ThirdPartyNotices.txt.gz, that of Node.js,
which is /${LIBRARY}/node, in LICENSE.node.gz, both in this folder.
`;
  return Buffer.from(text);
}

/** A script without the line that names its interpreter: Node in the PATH is not the one that runs it. */
function withoutInterpreter(script: string): string {
  return script.replace(/^#!.*\n/, '');
}

/** The same bytes for the same text: without a time. */
function gzipped(text: string | Buffer): Buffer {
  return gzipSync(text, { level: 9 });
}
