import { deepEqual, equal, match } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { billFaults } from '../fixtures/cyclonedx/bill-schema.ts';
import { makeSetWithTools, type ToolMadeContent } from '../fixtures/tool-made-set.ts';
import { runCommand, runOnFullDisk } from './run-command.ts';

const [OLD, NEW] = ['1a'.repeat(32), '1b'.repeat(32)];
const packagesOf = (busybox: string) => `P:busybox\nV:${busybox}\nA:aarch64\nI:10\nL:GPL-2.0-only\n\nP:old\nV:1\n\n`;

suite('two builds of an image', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-diff-'));
    const content = { box: 'my-box', board: 'pi', buildId: OLD, rootMib: 16 };
    const same = { 'etc/changed': 'a', 'etc/evil\u001b[2J': '', 'etc/machine-id': 'one' };
    await make('old', { ...content, rootFiles: { ...same, 'lib/apk/db/installed': packagesOf('1-r0') } });
    const changed = { ...same, 'etc/changed': 'b', 'etc/new': 'four', 'etc/machine-id': 'two' };
    const rootFiles = { ...changed, 'lib/apk/db/installed': packagesOf('1-r1').replace('P:old\nV:1\n\n', '') };
    await make('new', { ...content, buildId: NEW, rootFiles });
    await make('again', {
      ...content,
      buildId: '2c'.repeat(32),
      rootFiles: { ...rootFiles, 'etc/machine-id': 'three' },
    });
  });
  after(() => rm(folder, { recursive: true }));

  const make = (name: string, content: ToolMadeContent) => makeSetWithTools(path.join(folder, 'boxes', name), content);
  const run = (...args: string[]) =>
    runCommand(args, {
      IMAGE_PATH: path.join(folder, 'boxes'),
      CHECKS_PATH: path.join(folder, 'kept', 'checks.json'),
      INSIDE_CACHE: 'none',
    });

  test('are not said to be the same where the disk is full that the answer is written to', {
    skip: process.platform !== 'linux',
  }, async () => {
    const env = { IMAGE_PATH: path.join(folder, 'boxes'), INSIDE_CACHE: 'none' };
    for (const [status, ...args] of [
      [2, 'diff', 'old/my-box-pi', 'new/my-box-pi'],
      [1, 'sbom', 'new/my-box-pi'],
      [1, 'ls', 'new/my-box-pi'],
      [1, 'packages', 'new/my-box-pi', '--json'],
      [1, 'cat', 'new/my-box-pi:/etc/changed'],
      [1, 'verify', 'new/'],
      [1, '--help'],
    ] as const) {
      const ended = await runOnFullDisk(args, env);
      const stderr = "update-server: can't write to standard output (ENOSPC)\n";
      deepEqual(ended, { status, stdout: '', stderr }, args.join(' '));
    }
  });

  test('differ in what was changed; what each build has is folded', async () => {
    const { status, stdout, stderr } = await run('diff', 'old/my-box-pi', 'new/my-box-pi');
    const lines = [
      'packages:',
      '  ~ busybox 1-r0 -> 1-r1',
      '  - old 1',
      'files (+4 bytes):',
      '  ~ /etc/changed: content',
      '  + /etc/new (+4 bytes)',
    ];
    deepEqual([status, stderr], [1, '']);
    deepEqual(stdout.split('\n').slice(0, -2), lines);
    match(stdout, /\n\d more, as in every build; --all shows them\n$/);
  });

  test('are the same where only that differs, unless all of it counts', async () => {
    const folded = await run('diff', 'new/my-box-pi', 'again/my-box-pi');
    equal(folded.status, 0);
    match(folded.stdout, /^\d more, as in every build; --all shows them\n$/);
    const all = await run('diff', '--all', 'new/my-box-pi', 'again/my-box-pi');
    equal(all.status, 1);
    match(all.stdout, new RegExp(`^  - buildID="?${NEW}"?$`, 'm'));
    match(all.stdout, /^ {2}~ \/etc\/machine-id: content \(\+2 bytes\)$/m);
    deepEqual(await run('diff', '--all', 'new/my-box-pi', 'new/my-box-pi'), { status: 0, stdout: '', stderr: '' });
  });

  test('are compared by what was kept of them', async () => {
    await run('diff', 'old/my-box-pi', 'new/my-box-pi');
    deepEqual((await readdir(path.join(folder, 'kept', 'inventories'))).includes(`${OLD}.inventory`), true);
    const { status, stdout } = await run('diff', `@${OLD}`, '@1B', '--json');
    equal(status, 1);
    const { before, after, packages, files } = JSON.parse(stdout);
    deepEqual([before.buildId, after.buildId], [OLD, NEW]);
    deepEqual(packages[1], { kind: 'removed', name: 'old', before: '1', bytes: 0 });
    const [{ kind, path: changed, changes, before: was, after: is }] = files;
    deepEqual(
      [kind, changed, changes, was.sha256, is.mode],
      ['changed', '/etc/changed', ['content'], hash('sha256', 'a'), is.mode],
    );
  });

  test('are not told apart where there is trouble', async () => {
    await run('diff', 'old/my-box-pi', 'new/my-box-pi');
    const troubles: Record<string, RegExp> = {
      '@1': /^update-server: the IDs of \d kept builds begin with 1\n$/,
      '@f': /no inventory is kept of a build whose ID begins with f/,
      'other/x': /there is no image other\/x/,
      'old/my-box-pi:/etc': /is a path in an image/,
    };
    for (const [image, message] of Object.entries(troubles)) {
      const { status, stdout, stderr } = await run('diff', image, 'new/my-box-pi');
      deepEqual([status, stdout], [2, ''], image);
      match(stderr, message);
    }
    equal((await run('diff', 'old/my-box-pi')).status, 2);
  });

  test('have a bill of materials each, always the same', async () => {
    const { status, stdout, stderr } = await run('sbom', 'new/my-box-pi');
    deepEqual([status, stderr], [0, '']);
    const bill = JSON.parse(stdout);
    deepEqual(await billFaults(bill), []);
    const raw = path.join(folder, 'boxes', 'new', 'my-box-pi.img');
    deepEqual(bill.metadata.component.hashes, [{ alg: 'SHA-256', content: hash('sha256', await readFile(raw)) }]);
    equal(bill.components[0].purl, 'pkg:apk/alpine/busybox@1-r1?arch=aarch64');
    equal((await run('sbom', `${raw}.zst`)).stdout, stdout);
    equal((await run('sbom', 'none')).status, 1);
  });
});
