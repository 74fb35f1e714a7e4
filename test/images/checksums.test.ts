import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { type ChecksumsFault, parseChecksums } from '../../src/images/checksums.ts';
import { faultText } from '../../src/images/set-fault-text.ts';
import { requireTools } from '../tools/tools.ts';
import { makeBoxes, sha256 } from './image-sets.ts';

const RAW = '1'.repeat(64);
const ZST = 'f'.repeat(64);

const NO_LINE: ChecksumsFault = { kind: 'no line', name: 'box-pi.img.zst' };
const OTHER = { kind: 'other name', expected: 'box-pi.img.zst' } as const;

suite('the checksums of an image', () => {
  test('are those of the raw image and of the compressed one', () => {
    deepEqual(parseChecksums(`${RAW}  box-pi.img\n${ZST}  box-pi.img.zst\n`, 'box-pi'), { raw: RAW, zst: ZST });
  });

  test('are found in any order, and without a line feed at the end', () => {
    deepEqual(parseChecksums(`${ZST}  box-pi.img.zst\n${RAW}  box-pi.img`, 'box-pi'), { raw: RAW, zst: ZST });
  });

  test('need no line for the raw image', () => {
    deepEqual(parseChecksums(`${ZST}  box-pi.img.zst\n`, 'box-pi'), { zst: ZST });
  });

  test('have a star before the name where they were made in binary mode', () => {
    deepEqual(parseChecksums(`${ZST} *box-pi.img.zst\n`, 'box-pi'), { zst: ZST });
  });

  test('may be in upper case for the raw image, which no board checks', () => {
    const text = `${'A'.repeat(64)}  box-pi.img\n${ZST}  box-pi.img.zst\n`;
    deepEqual(parseChecksums(text, 'box-pi'), { raw: 'a'.repeat(64), zst: ZST });
  });

  test('may be there twice', () => {
    deepEqual(parseChecksums(`${ZST}  box-pi.img.zst\n`.repeat(2), 'box-pi'), { zst: ZST });
  });

  test('are found among lines of other raw images and of none', () => {
    const text = `# sums\n\n${RAW}  other-pi.img\n${ZST}  box-pi.img.zst\nthe end\n`;
    deepEqual(parseChecksums(text, 'box-pi'), { zst: ZST });
  });

  test('are read as sha256sum prints them, for a name with spaces too', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('a box'));
    await writeFile(boxes.at('a box', 'a  box-pi.img'), 'raw');
    await writeFile(boxes.at('a box', 'a  box-pi.img.zst'), 'compressed');
    const { sha256sum } = requireTools('sha256sum');
    const files = ['a  box-pi.img', 'a  box-pi.img.zst'];
    const printed = execFileSync(sha256sum, files, { cwd: boxes.at('a box'), encoding: 'utf8' });
    const expected = { raw: sha256(Buffer.from('raw')), zst: sha256(Buffer.from('compressed')) };
    deepEqual(parseChecksums(printed, 'a  box-pi'), expected);
  });

  test('may name the file with ./ before it, as boards take it', () => {
    deepEqual(parseChecksums(`${RAW}  ./box-pi.img\n${ZST}  ././/box-pi.img.zst\n`, 'box-pi'), { raw: RAW, zst: ZST });
  });

  const faults: readonly [what: string, text: string, fault: ChecksumsFault, words: RegExp][] = [
    ['an empty file', '', NO_LINE, /has no line for box-pi\.img\.zst: run sha256sum/],
    ['only the raw image has a line', `${RAW}  box-pi.img\n`, NO_LINE, /has no line/],
    [
      'it is in UTF-16',
      Buffer.from(`${ZST}  box-pi.img.zst\n`, 'utf16le').toString(),
      { kind: 'UTF-16' },
      /PowerShell/,
    ],
    [
      'it begins with a byte order mark',
      `\uFEFF${ZST}  box-pi.img.zst\n`,
      { kind: 'byte order mark', line: 1 },
      /line 1: a byte order mark/,
    ],
    [
      'lines end with a carriage return',
      `${RAW}  box-pi.img\r\n${ZST}  box-pi.img.zst\r\n`,
      { kind: 'Windows line end', line: 2 },
      /line 2: Windows line end/,
    ],
    [
      'lines are in the BSD form',
      `SHA256 (box-pi.img.zst) = ${ZST}\n`,
      { kind: 'BSD form', line: 1 },
      /line 1: BSD-style line.* without --tag/,
    ],
    [
      'the digest is in capitals',
      `${RAW}  box-pi.img\n${ZST.toUpperCase()}  box-pi.img.zst\n`,
      { kind: 'capitals', line: 2 },
      /line 2: the digest has capital letters/,
    ],
    [
      'the digest is short',
      `${ZST.slice(1)}  box-pi.img.zst\n`,
      { kind: 'digest', line: 1, digits: 63 },
      /has 63 digits/,
    ],
    [
      'the digest is of SHA-1',
      `${ZST.slice(24)}  box-pi.img.zst\n`,
      { kind: 'digest', line: 1, digits: 40 },
      /has 40 digits/,
    ],
    [
      'the name has a folder',
      `${RAW}  box-pi.img\n${ZST}  boxes/box/box-pi.img.zst\n`,
      { kind: 'folder', line: 2, name: 'boxes/box/box-pi.img.zst' },
      /line 2 names boxes\/box\/box-pi\.img\.zst: run sha256sum in the image's folder/,
    ],
    [
      'the name is in another case',
      `${ZST}  Box-pi.img.zst\n`,
      { ...OTHER, line: 1, name: 'Box-pi.img.zst' },
      /line 1 names Box-pi/,
    ],
    [
      'there is a line for another .img.zst, too',
      `${ZST}  box-pi.img.zst\n${ZST}  other.img.zst\n`,
      { ...OTHER, line: 2, name: 'other.img.zst' },
      /line 2 names other\.img\.zst, which boards/,
    ],
    [
      'the name only begins like it',
      `${ZST}  box-pi-main.img.zst\n`,
      { ...OTHER, line: 1, name: 'box-pi-main.img.zst' },
      /may name box-pi\.img\.zst only/,
    ],
    ['one space parts them', `${ZST} box-pi.img.zst\n`, { kind: 'form', line: 1 }, /two spaces/],
    ['a tab parts them', `${ZST}\tbox-pi.img.zst\n`, { kind: 'form', line: 1 }, /two spaces/],
    ['a space stands before', ` ${ZST}  box-pi.img.zst\n`, { kind: 'form', line: 1 }, /two spaces/],
    ['a space stands behind', `${ZST}  box-pi.img.zst \n`, { kind: 'form', line: 1 }, /behind/],
    ['a third space parts them', `${ZST}   box-pi.img.zst\n`, { kind: 'form', line: 1 }, /two spaces/],
    ['a backslash stands before', `\\${ZST}  box-pi.img.zst\n`, { kind: 'form', line: 1 }, /before/],
    [
      'there is another digest, too',
      `${RAW}  box-pi.img.zst\n${ZST}  box-pi.img.zst\n`,
      { kind: 'two digests', line: 2 },
      /line 2: another digest/,
    ],
    [
      'a comment names the file',
      `# box-pi.img.zst\n${ZST}  box-pi.img.zst\n`,
      { kind: 'no checksum', line: 1 },
      /line 1: no checksum/,
    ],
    ['a digit is none', `${ZST.slice(1)}g  box-pi.img.zst\n`, { kind: 'no checksum', line: 1 }, /line 1: no checksum/],
  ];
  for (const [what, text, fault, words] of faults) {
    test(`are refused where ${what}, and told why`, () => {
      deepEqual(parseChecksums(text, 'box-pi'), fault);
      match(faultText({ file: 'box-pi.img.sha256', problem: 'no checksum', checksums: fault }), words);
    });
  }

  test('are taken where a board takes them, and refused where it does not', async () => {
    await using boxes = await makeBoxes();
    await writeFile(boxes.at('box-pi.img.zst'), 'compressed');
    const digest = sha256(Buffer.from('compressed'));
    const { busybox, bash } = requireTools('busybox', 'bash');
    const command = `set -o pipefail; "${busybox}" grep ".img.zst" *.img.sha256 | "${busybox}" sha256sum -c`;
    const plain = [`${digest}  box-pi.img.zst\n`, `${digest} *box-pi.img.zst`, `${digest}  ./box-pi.img.zst\n`];
    for (const text of [...plain, ...faults.map(([, spoilt]) => spoilt.replaceAll(ZST, digest))]) {
      await writeFile(boxes.at('box-pi.img.sha256'), text);
      const { status } = spawnSync(bash, ['-c', command], { cwd: boxes.root });
      equal('zst' in parseChecksums(text, 'box-pi'), status === 0, JSON.stringify(text));
    }
  });
});
