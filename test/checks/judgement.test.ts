import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Examination, SoundContent } from '../../src/checks/examination.ts';
import { type Claims, judge } from '../../src/checks/judgement.ts';
import type { BoardConf } from '../../src/contents/board-conf.ts';
import type { ContentsFault } from '../../src/contents/contents-fault.ts';
import { readContents } from '../../src/contents/image-contents.ts';
import { diskOf } from '../contents/disks.ts';
import { COMPRESSED_LETTERS } from '../fixtures/compressed-letters.ts';
import { makeDiskImage, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { BUILD_1, BUILD_2, CONTENT } from './sets.ts';

const [ZST, RAW, OTHER] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const CLAIMS: Claims = { image: 'docker-box-odroid-c4-main', buildId: BUILD_1, checksums: { zst: ZST, raw: RAW } };
const CONF: BoardConf = { box: 'docker-box', board: 'odroid-c4', buildId: BUILD_1 };
const SOUND: SoundContent = {
  kind: 'sound',
  ...{ frames: 1, isChecksummed: true, windowBytes: 2 ** 20 },
  ...{ rawSha256: RAW, rawBytes: 5000, inside: { partitionsEnd: 5000, boardConf: CONF, faults: [] } },
};

function judged(content: Examination['content'], claims: Partial<Claims> = {}, zstSha256: string = ZST) {
  return judge({ ...CLAIMS, ...claims }, { zstSha256, examinedAtMs: 0, content });
}

function judgedConf(boardConf: BoardConf, image: string = CLAIMS.image) {
  return judged({ ...SOUND, inside: { partitionsEnd: 5000, boardConf, faults: [] } }, { image });
}

suite('the judgement of a set', () => {
  test('finds nothing wrong when all agrees', () => {
    deepEqual(judged(SOUND), { findings: [], gaps: [] });
  });

  test('finds another digest', () => {
    deepEqual(judged(SOUND, {}, OTHER).findings, [{ kind: 'digest', expected: ZST, actual: OTHER }]);
  });

  test('finds damage, and looks no further', () => {
    const damage = { problem: 'truncated', at: 7 } as const;
    deepEqual(judged({ kind: 'damaged', damage }), { findings: [{ kind: 'damaged', damage }], gaps: [] });
  });

  test('tells another digest before damage', () => {
    const damage = { problem: 'corrupt', at: 0 } as const;
    const { findings } = judged({ kind: 'damaged', damage }, {}, OTHER);
    deepEqual(findings, [
      { kind: 'digest', expected: ZST, actual: OTHER },
      { kind: 'damaged', damage },
    ]);
  });

  test('finds another raw image', () => {
    const { findings } = judged({ ...SOUND, rawSha256: OTHER });
    deepEqual(findings, [{ kind: 'raw digest', expected: RAW, actual: OTHER }]);
  });

  test('misses the digest of the raw image where none is given', () => {
    deepEqual(judged(SOUND, { checksums: { zst: ZST } }), { findings: [], gaps: [{ kind: 'no raw digest' }] });
  });

  test('misses the look inside where there was no room for it', () => {
    const gap = { kind: 'not looked inside', why: 'ENOSPC in the temporary folder /tmp' };
    deepEqual(judged({ ...SOUND, inside: gap.why }), { findings: [], gaps: [gap] });
  });

  test('finds that it is no disk image', () => {
    const { findings, gaps } = judged({ ...SOUND, inside: { faults: ['no partition table'] } });
    deepEqual([findings, gaps], [[{ kind: 'contents', fault: 'no partition table' }], []]);
  });

  test('finds an image that ends before its last partition, not one that ends behind it', () => {
    deepEqual(judged({ ...SOUND, rawBytes: 4999 }).findings, [
      { kind: 'raw size', rawBytes: 4999, partitionsEnd: 5000 },
    ]);
    deepEqual(judged({ ...SOUND, rawBytes: 5001 }).findings, []);
  });

  const insides: readonly ContentsFault[][] = [
    ['no FAT', 'no root file system'],
    ['no initramfs'],
    ['no board.conf'],
    ['GPT'],
    ['U-Boot data CRC'],
    ['no U-Boot header'],
    ['compressed with lz4'],
    ['gzip cut', 'no root file system'],
    ['boot partition damaged'],
    ['no partition table'],
  ];
  for (const faults of insides) {
    const content = { ...SOUND, inside: { partitionsEnd: 5000, faults } };
    test(`finds all that keeps a board from booting: ${faults.join(', ')}`, () => {
      const findings = faults.map((fault) => ({ kind: 'contents', fault }));
      deepEqual(judged(content), { findings, gaps: [] });
    });
  }

  test('finds a root partition without a file system, and what the board.conf says', () => {
    const inside = {
      partitionsEnd: 5000,
      boardConf: { ...CONF, buildId: BUILD_2 },
      faults: ['no root file system'],
    } as const;
    deepEqual(judged({ ...SOUND, inside }).findings, [
      { kind: 'contents', fault: 'no root file system' },
      { kind: 'build ID', inside: BUILD_2, outside: BUILD_1 },
    ]);
  });

  test('finds another build inside', () => {
    deepEqual(judgedConf({ ...CONF, buildId: BUILD_2 }), {
      findings: [{ kind: 'build ID', inside: BUILD_2, outside: BUILD_1 }],
      gaps: [],
    });
  });

  test('finds another box inside, and does not look at the board then', () => {
    deepEqual(judgedConf({ ...CONF, box: 'linux-box' }).findings, [{ kind: 'box', inside: 'linux-box' }]);
    deepEqual(judgedConf({ ...CONF, box: 'docker-bo' }).findings, [{ kind: 'box', inside: 'docker-bo' }]);
    deepEqual(judgedConf({ ...CONF, box: 'box', board: 'x' }).findings, [{ kind: 'box', inside: 'box' }]);
  });

  test('finds another board inside', () => {
    deepEqual(judgedConf({ ...CONF, board: 'odroid-c2' }).findings, [{ kind: 'board', inside: 'odroid-c2' }]);
    deepEqual(judgedConf({ ...CONF, board: 'odroid' }).findings, []); // a dash of its own: not to be told apart
    deepEqual(judgedConf({ ...CONF, board: 'c4' }).findings, [{ kind: 'board', inside: 'c4' }]);
    const { findings } = judgedConf({ board: 'odroid-c2', buildId: BUILD_1 });
    deepEqual(findings, [
      { kind: 'board', inside: 'odroid-c2' },
      { kind: 'not said', what: 'box' },
    ]);
  });

  test('takes names with and without branch and version', () => {
    for (const rest of ['', '-main', '-feature-x-1.2.0']) {
      deepEqual(judgedConf(CONF, `docker-box-odroid-c4${rest}`), { findings: [], gaps: [] });
    }
    deepEqual(judgedConf(CONF, 'docker-box-odroid-c44').findings, [{ kind: 'board', inside: 'odroid-c4' }]);
  });

  test('finds fault with what the board.conf does not say', () => {
    const unsaid = (what: 'build ID' | 'box' | 'board') => ({ kind: 'not said', what });
    deepEqual(judgedConf({}), { findings: [unsaid('build ID'), unsaid('box'), unsaid('board')], gaps: [] });
    deepEqual(judgedConf({ board: 'odroid-c4' }), { findings: [unsaid('build ID'), unsaid('box')], gaps: [] });
  });

  test('tells all that is wrong, the gravest first', () => {
    const inside = { partitionsEnd: 9000, boardConf: { box: 'other', buildId: BUILD_2 }, faults: [] };
    const { findings, gaps } = judged({ ...SOUND, rawSha256: OTHER, inside }, {}, OTHER);
    const kinds = ['digest', 'raw digest', 'raw size', 'build ID', 'box', 'not said'];
    deepEqual(
      findings.map(({ kind }) => kind),
      kinds,
    );
    deepEqual(gaps, []);
  });
});

suite('the judgement of an image of another kind that may be served', () => {
  const allowed = (faults: ContentsFault[], content: Partial<SoundContent> = {}) =>
    judge(
      CLAIMS,
      { zstSha256: ZST, examinedAtMs: 0, content: { ...SOUND, inside: { partitionsEnd: 5000, faults }, ...content } },
      { allowForeign: true },
    );

  test('finds nothing wrong, and tells what it is', () => {
    const kinds = [
      'no FAT',
      'no initramfs',
      'no board.conf',
      'GPT',
      'no U-Boot header',
      'compressed with zstd',
    ] as const;
    for (const fault of kinds) {
      deepEqual(allowed([fault, 'no root file system']), { findings: [], gaps: [{ kind: 'foreign', fault }] });
    }
  });

  test('finds what is wrong with any image', () => {
    deepEqual(allowed(['no initramfs'], { rawBytes: 4999 }).findings, [
      { kind: 'raw size', rawBytes: 4999, partitionsEnd: 5000 },
    ]);
    deepEqual(allowed(['no partition table']).findings, [{ kind: 'contents', fault: 'no partition table' }]);
    deepEqual(allowed(['no initramfs'], { rawSha256: OTHER }).findings, [
      { kind: 'raw digest', expected: RAW, actual: OTHER },
    ]);
  });

  test('finds what is wrong with an image that mkbox made', () => {
    for (const fault of ['U-Boot magic', 'gzip damaged', 'boot partition damaged', 'no root file system'] as const) {
      deepEqual(allowed([fault]), { findings: [{ kind: 'contents', fault }], gaps: [] });
    }
  });
});

suite('the judgement of an initramfs as mkbox does not pack it', () => {
  /** Of another build than the set's: a board would flash it at every boot. */
  const gzip = (boardConf?: null) =>
    makeInitramfs({ ...CONTENT, buildId: BUILD_2, ...(boardConf === null && { boardConf }) }).subarray(64);
  const xzBehind = (archive: Buffer) =>
    ubootRamdisk(Buffer.concat([archive, Buffer.alloc(512 - (archive.length % 512)), COMPRESSED_LETTERS.xz]));

  async function judgedInitramfs(initramfs: Buffer, allowForeign: boolean) {
    const image = makeDiskImage({ ...CONTENT, initramfs });
    const content = { ...SOUND, rawBytes: image.length, inside: await readContents(diskOf(image)) };
    return judge(CLAIMS, { zstSha256: ZST, examinedAtMs: 0, content }, { allowForeign });
  }

  const mkboxes: Record<string, [initramfs: Buffer, fault: ContentsFault]> = {
    'is gzip without a U-Boot header': [gzip(), 'U-Boot magic'],
    'is cpio without a U-Boot header': [gunzipSync(gzip()), 'U-Boot magic'],
    'is gzip, and xz behind it': [xzBehind(gzip()), 'partly compressed with xz'],
    'is cpio, and xz behind it': [xzBehind(gunzipSync(gzip())), 'partly compressed with xz'],
  };
  for (const [what, [initramfs, fault]] of Object.entries(mkboxes)) {
    test(`finds fault with one with a board.conf, whatever is allowed, when it ${what}`, async () => {
      const expected = { findings: [{ kind: 'contents', fault }], gaps: [] };
      for (const allowForeign of [false, true]) deepEqual(await judgedInitramfs(initramfs, allowForeign), expected);
    });
  }

  const others: Record<string, [initramfs: Buffer, fault: ContentsFault]> = {
    'is gzip without a U-Boot header': [gzip(null), 'no U-Boot header'],
    'is cpio without a U-Boot header': [gunzipSync(gzip(null)), 'no U-Boot header'],
    'is gzip, and xz behind it': [xzBehind(gzip(null)), 'compressed with xz'],
    'is xz': [ubootRamdisk(COMPRESSED_LETTERS.xz), 'compressed with xz'],
  };
  for (const [what, [initramfs, fault]] of Object.entries(others)) {
    test(`lets one without a board.conf through where that is allowed, when it ${what}`, async () => {
      deepEqual(await judgedInitramfs(initramfs, false), { findings: [{ kind: 'contents', fault }], gaps: [] });
      deepEqual(await judgedInitramfs(initramfs, true), { findings: [], gaps: [{ kind: 'foreign', fault }] });
    });
  }
});
