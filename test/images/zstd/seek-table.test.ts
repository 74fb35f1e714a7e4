import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite, test } from 'node:test';
import { encodeSeekTable } from '../../../src/images/zstd/seek-table.ts';
import { requireTools } from '../../tools/tools.ts';

const { zstd } = requireTools('zstd');

suite('a seek table', () => {
  test('is laid out as the format says, to the byte', () => {
    const table = encodeSeekTable([
      { compressed: 0x0102, decompressed: 0x0a0b0c0d },
      { compressed: 0xffffffff, decompressed: 0 },
    ]);
    const expected = [
      '5e2a4d18', // the magic number of a skippable frame
      '19000000', // 25 bytes follow
      '02010000 0d0c0b0a',
      'ffffffff 00000000',
      '02000000', // frames
      '00', // no checksums
      'b1ea928f', // the magic number of a seek table
    ];
    equal(table.toString('hex'), expected.join('').replaceAll(' ', ''));
  });

  test('of no frames is a header and a footer', () => {
    equal(encodeSeekTable([]).length, 8 + 9);
  });

  test('is skipped by zstd', () => {
    const table = encodeSeekTable([{ compressed: 9, decompressed: 0 }]);
    const input = Buffer.concat([spawnSync(zstd, ['-q', '-c'], { input: 'content' }).stdout, table]);
    const { status, stdout, stderr } = spawnSync(zstd, ['-q', '-d', '-c'], { input });
    deepEqual([status, stdout.toString(), stderr.toString()], [0, 'content', '']);
  });
});
