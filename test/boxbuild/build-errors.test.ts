import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BuildErrors, failedPackages } from '../../src/boxbuild/build-errors.ts';

/** What apk-tools prints in a terminal, with its progress bar. */
const OUTPUT = [
  'fetch https://dl-cdn.alpinelinux.org/alpine/edge/main/aarch64/APKINDEX.tar.gz',
  '\u001b7  4% ##\u001b8\u001b[0K\u001b7100% ####\u001b8\u001b[0K(1/2) Installing bash (5.3-r1)',
  'ERROR: unable to select packages:',
  '  no-such-thing (no such package):',
  '    required by: world[no-such-thing]',
  '  libfoo (no such package):',
  '    required by: docker-29.0-r0[libfoo]',
  '  vim-9.1-r0:',
  '    breaks: world[vim>10]',
].join('\r\n');

suite('what apk can not install', () => {
  test('is named in its errors, with and without a version', () => {
    const errors = new BuildErrors();
    errors.add(`${OUTPUT}\r\n`);
    deepEqual(
      [...errors.packages],
      [
        ['no-such-thing', true],
        ['libfoo', true],
        ['vim>10', false],
      ],
    );
  });

  test('is found in pieces of any size', () => {
    for (let size = 1; size < 40; size++) {
      const errors = new BuildErrors();
      for (let at = 0; at < OUTPUT.length; at += size) errors.add(OUTPUT.slice(at, at + size));
      errors.add('\n');
      deepEqual([...errors.packages.keys()], ['no-such-thing', 'libfoo', 'vim>10'], `${size}`);
    }
  });

  test('is nothing where all goes well', () => {
    const errors = new BuildErrors();
    errors.add('(1/1) Installing hello[world] (no such thing)\nOK: 8 MiB in 20 packages\n');
    deepEqual([...errors.packages], []);
  });

  test('stands at a place in its line', () => {
    deepEqual(failedPackages('  no-such-thing (no such package):'), [
      { name: 'no-such-thing', isUnknown: true, start: 2 },
    ]);
    deepEqual(failedPackages('    required by: world[vim>10]'), [{ name: 'vim>10', isUnknown: false, start: 23 }]);
  });
});

test('a command that bash does not find is one that is named without a file', () => {
  const errors = new BuildErrors();
  errors.add('/dev/fd/63: line 11: in_base: command not found\nenvironment: line 7: in_build: command not found\n');
  errors.add('/lab/boxes/app/BOXBUILD: line 12: in_app: command not found\nsh: odd: command not found\n');
  deepEqual([...errors.commands], ['in_base', 'in_build']);
});
