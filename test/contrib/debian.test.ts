import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readChangelog, withRelease } from '../../scripts/release/changelog.ts';
import { debianPart } from '../../scripts/release/debian/debian-part.ts';
import { type BoxesFolder, BUILD_B, makeBoxes, writeSet } from '../images/image-sets.ts';
import { DebianRoot } from '../tools/debian-root.ts';
import { requireTools } from '../tools/tools.ts';
import { beforeLong, MOST_WAIT_MS } from '../until.ts';
import { PROJECT_ROOT } from '../vscode/cache.ts';

const NAME = 'mkbox-update-server';
const DEFAULTS = `etc/default/${NAME}`;
const STATE = `var/lib/${NAME}`;
/** The unit files that are enabled, as systemd finds them. */
const ENABLED = [
  `etc/systemd/system/multi-user.target.wants/${NAME}.service`,
  `etc/systemd/system/sockets.target.wants/${NAME}.socket`,
];
/** That of the command in dist/. */
const { version: VERSION } = JSON.parse(readFileSync(path.join(PROJECT_ROOT, 'package.json'), 'utf8'));
/** The package for this machine. */
const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64';
const DEB = `${NAME}_${VERSION}_${ARCHITECTURE}.deb`;

suite('the Debian package, in a Debian without Node,', () => {
  let debian: DebianRoot;
  let boxes: BoxesFolder;
  let untouched: readonly string[];

  /** All files and folders of the system, but those that dpkg keeps for itself and logs. */
  const everything = () =>
    readdirSync(debian.folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => !/^(tmp|proc|var\/(lib\/dpkg|log|cache)|etc\/.*-$|etc\/\.pwd\.lock)/.test(name))
      .sort();
  const dpkg = (...args: string[]) => debian.run('dpkg', ...args);

  before(async () => {
    boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    debian = new DebianRoot();
    untouched = everything();
    const changelog = withRelease(readFileSync(path.join(PROJECT_ROOT, 'CHANGELOG.md'), 'utf8'), VERSION, '2026-11-28');
    await debianPart(ARCHITECTURE).make(
      {
        root: PROJECT_ROOT,
        version: VERSION,
        commit: '0'.repeat(40),
        seconds: 1_795_000_000,
        maintainer: 'Rita Release <rita@example.org>',
        changelog: readChangelog(changelog),
      },
      debian.at('tmp'),
    );
  });
  after(async () => {
    await debian[Symbol.asyncDispose]();
    await boxes[Symbol.asyncDispose]();
  });

  test('is one that dpkg-deb reads, with nothing but files of root in it', () => {
    const { 'dpkg-deb': dpkgDeb } = requireTools('dpkg-deb');
    const deb = debian.at('tmp', DEB);
    const said = execFileSync(dpkgDeb, ['--field', deb, 'Package', 'Version', 'Architecture', 'Maintainer'], {
      encoding: 'utf8',
    });
    deepEqual(said.trimEnd().split('\n'), [
      `Package: ${NAME}`,
      `Version: ${VERSION}`,
      `Architecture: ${ARCHITECTURE}`,
      'Maintainer: Rita Release <rita@example.org>',
    ]);
    const lines = execFileSync(dpkgDeb, ['--contents', deb], { encoding: 'utf8' }).trimEnd().split('\n');
    deepEqual(
      lines.filter((line) => !/^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) root\/root /.test(line)),
      [],
    );
  });

  test('installs, with all that it depends on there', () => {
    equal(existsSync(debian.at('usr/bin/node')), false);
    dpkg('--install', `/tmp/${DEB}`);
    match(dpkg('--status', NAME), /^Status: install ok installed$/m);
    equal(dpkg('--verify', NAME), '');
  });

  test('makes its user, and enables its units', () => {
    match(readFileSync(debian.at('etc/passwd'), 'utf8'), /^mkbox-update-server:.*:\/usr\/sbin\/nologin$/m);
    // links into a system that is not this one: existsSync would follow them
    for (const link of ENABLED) equal(readdirSync(debian.at(path.dirname(link))).includes(path.basename(link)), true);
  });

  test('has units that systemd understands, with programs that are there', () => {
    const { 'systemd-analyze': analyze } = requireTools('systemd-analyze');
    const unit = readFileSync(debian.at(`usr/lib/systemd/system/${NAME}.service`), 'utf8');
    match(unit, /^User=mkbox-update-server$/m);
    const [, ...command] = /^ExecStart=(\S+) (\S+)$/m.exec(unit) ?? [];
    deepEqual(
      command.map((file) => existsSync(debian.at(file))),
      [true, true],
    );
    const options = { encoding: 'utf8', timeout: MOST_WAIT_MS } as const;
    const security = spawnSync(
      analyze,
      [
        '--no-pager',
        'security',
        '--offline=true',
        '--threshold=10',
        debian.at(`usr/lib/systemd/system/${NAME}.service`),
      ],
      options,
    );
    equal(security.status, 0, security.stdout + security.stderr);
  });

  test('has what others take to watch the server, and to stand before it', () => {
    const names = ['nginx.conf', 'nginx-edge.conf', 'mkbox.rules.yml', 'mkbox.json'];
    const examples = readdirSync(debian.at(`usr/share/doc/${NAME}/examples`));
    deepEqual(examples.sort(), names.sort());
  });

  test('has the documents that its manual names, and those that they lead to', () => {
    const documents = debian.at(`usr/share/doc/${NAME}/docs`);
    const manual = gunzipSync(readFileSync(debian.at('usr/share/man/man1/update-server.1.gz'))).toString();
    const named = [...manual.replaceAll('\\', '').matchAll(/docs\/([\w-]+\.md)/g)].map(([, name = '']) => name);
    deepEqual(
      ['control.md', 'status.md', 'systemd.md', 'production.md', 'assignment.md'].filter(
        (name) => !named.includes(name),
      ),
      [],
    );
    const shipped = readdirSync(documents, { recursive: true, encoding: 'utf8' });
    const missing = named.filter((name) => !shipped.includes(name));
    for (const name of shipped.filter((file) => file.endsWith('.md'))) {
      const text = readFileSync(path.join(documents, name), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        const file = path.join(path.dirname(name), target);
        if (!shipped.includes(file)) missing.push(`${name}: ${target}`);
      }
    }
    deepEqual(missing, []);
  });

  test('has the command, its manual and its completions', () => {
    equal(debian.run('update-server', '--version'), `${VERSION}\n`);
    equal(existsSync(debian.at('usr/share/man/man1/update-server.1.gz')), true);
    const { bash } = requireTools('bash');
    const script = `. ${debian.at('usr/share/bash-completion/completions/update-server')}; complete -p update-server`;
    match(execFileSync(bash, ['--norc', '-c', script], { encoding: 'utf8' }), /complete -F \S+ update-server/);
    match(
      readFileSync(debian.at('usr/share/zsh/vendor-completions/_update-server'), 'utf8'),
      /^#compdef update-server\n/,
    );
  });

  test('serves an image, as a board checks it', async () => {
    cpSync(boxes.root, debian.at('srv/mkbox/boxes'), { recursive: true });
    const settings = ['PORT=0', 'IMAGE_PATH=/srv/mkbox/boxes', `STATE_PATH=/${STATE}/boards.json`, 'CHECKS_PATH=none'];
    mkdirSync(debian.at(STATE));
    const [file, args, env] = debian.command('env', ...settings, 'update-server');
    const server = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(createInterface(server.stdout), 'line', { signal: beforeLong() });
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      const { bash, curl, tar, sha256sum } = requireTools('bash', 'curl', 'tar', 'sha256sum');
      mkdirSync(debian.at('tmp/board'));
      const ask = `${curl} -sS '${url}/update?name=box&board=pi&build_id=${BUILD_B}'`;
      const script = `set -o pipefail; ${ask} | ${tar} -mxf - && grep '.img.zst' *.img.sha256 | ${sha256sum} -c`;
      const options = { cwd: debian.at('tmp/board'), encoding: 'utf8' } as const;
      equal(execFileSync(bash, ['-c', script], options), 'box-pi.img.zst: OK\n');
    } finally {
      server.kill();
      await once(server, 'close');
    }
    equal(existsSync(debian.at(STATE, 'boards.json')), true);
  });

  test('keeps settings and what is known when it is upgraded or removed', () => {
    appendFileSync(debian.at(DEFAULTS), 'KEEP_BUILDS=2\n');
    dpkg('--force-confold', '--install', `/tmp/${DEB}`);
    dpkg('--remove', NAME);
    match(readFileSync(debian.at(DEFAULTS), 'utf8'), /^KEEP_BUILDS=2$/m);
    equal(existsSync(debian.at(STATE, 'boards.json')), true);
    equal(existsSync(debian.at('usr/lib', NAME)), false);
  });

  test('leaves nothing but images when it is purged', () => {
    const kept = path.join(STATE, 'builds/box/box-pi', BUILD_B);
    mkdirSync(debian.at(kept), { recursive: true });
    const images = ['.zst', '.sha256', '.buildID'].map((ending) => path.join(kept, `box-pi.img${ending}`));
    for (const image of images) writeFileSync(debian.at(image), 'an image');
    writeFileSync(debian.at(STATE, 'builds/choices.json'), '{}');
    mkdirSync(debian.at('var/cache', NAME), { recursive: true });
    dpkg('--purge', NAME);
    const left = everything().filter((name) => !untouched.includes(name) && !name.startsWith('srv'));
    const isFile = (name: string) => path.extname(name) !== '' && !name.endsWith('.target.wants');
    deepEqual(left.filter(isFile), images.toSorted());
    deepEqual(readdirSync(debian.at('srv/mkbox/boxes/box')).length, 3);
    equal(existsSync(debian.at('var/cache', NAME)), false);
  });

  test('takes its user away when no file is left of its own', () => {
    debian.run('rm', '-r', `/${STATE}`);
    dpkg('--install', `/tmp/${DEB}`);
    dpkg('--purge', NAME);
    equal(readFileSync(debian.at('etc/passwd'), 'utf8'), 'root:x:0:0:root:/root:/bin/sh\n');
  });
});
