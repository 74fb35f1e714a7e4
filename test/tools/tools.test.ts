import { deepEqual, match, throws } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite, test } from 'node:test';
import { requireTools } from './tools.ts';

suite('the tools that tests run', () => {
  test('are found and run', () => {
    const tools = requireTools(
      'bash',
      'busybox',
      'cpio',
      'curl',
      'dd',
      'debugfs',
      'mcopy',
      'mkfs.ext4',
      'mkfs.fat',
      'mkimage',
      'nginx',
      'openssl',
      'promtool',
      'pzstd',
      'python3',
      'sfdisk',
      'sha256sum',
      'ssh',
      'sshd',
      'tar',
      'zsh-static',
      'zstd',
      'zstdcat',
    );
    const digest = spawnSync(tools.busybox, ['sh', '-c', `printf abc | ${tools.sha256sum}`], { encoding: 'utf8' });
    deepEqual(digest.stdout, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n');
    match(spawnSync(tools.tar, ['--version'], { encoding: 'utf8' }).stdout, /GNU tar/);
  });

  test('that are missing make the test fail with what to install', () => {
    const path = process.env.PATH;
    process.env.PATH = '/nonexistent';
    try {
      throws(() => requireTools('curl'), /This test needs curl: it is not on PATH\. Install it: apt-get install curl/);
    } finally {
      process.env.PATH = path;
    }
  });
});
