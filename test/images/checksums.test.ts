import { deepEqual, equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { parseChecksums } from '../../src/images/checksums.ts';
import { requireTools } from '../tools/tools.ts';
import { makeBoxes, sha256 } from './image-sets.ts';

const RAW = '1'.repeat(64);
const ZST = 'f'.repeat(64);

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

  const none: readonly [what: string, text: string][] = [
    ['in an empty file', ''],
    ['where only the raw image has a line', `${RAW}  box-pi.img\n`],
    ['where the line ends with a carriage return, which belongs to the name', `${ZST}  box-pi.img.zst\r\n`],
    ['where the file was given with its folder', `${ZST}  ./box-pi.img.zst\n`],
    ['where the name is in another case', `${ZST}  Box-pi.img.zst\n`],
    ['where something stands behind the name', `${ZST}  box-pi.img.zst \n`],
    ['where one space parts them', `${ZST} box-pi.img.zst\n`],
    ['where a tab parts them', `${ZST}\tbox-pi.img.zst\n`],
    ['where a digit is missing', `${ZST.slice(1)}  box-pi.img.zst\n`],
    ['where a digit is none', `${ZST.slice(1)}g  box-pi.img.zst\n`],
    ['where the digest is in upper case, which busybox does not take', `${ZST.toUpperCase()}  box-pi.img.zst\n`],
    ['where there is another digest, too', `${RAW}  box-pi.img.zst\n${ZST}  box-pi.img.zst\n`],
    ['where there is a line for another .img.zst, too', `${ZST}  box-pi.img.zst\n${ZST}  other.img.zst\n`],
    ['of an image whose name only begins like it', `${ZST}  box-pi-main.img.zst\n`],
  ];
  for (const [what, text] of none) {
    test(`are missing ${what}`, () => equal(parseChecksums(text, 'box-pi'), undefined));
  }
});
