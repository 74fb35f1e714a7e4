import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding, Gap } from '../../src/checks/finding.ts';
import { findingText, gapText } from '../../src/checks/finding-text.ts';
import { BUILD_1, BUILD_2 } from './sets.ts';

suite('a finding in words', () => {
  const digests = { expected: 'a'.repeat(64), actual: 'b'.repeat(64) };
  const texts: [finding: Finding, text: string][] = [
    [
      { kind: 'digest', ...digests },
      "box-pi.img.zst doesn't match its .img.sha256: it is being written, or was copied or built wrong",
    ],
    [{ kind: 'damaged', damage: { problem: 'not zstd', at: 0 } }, 'box-pi.img.zst is not a zstd file'],
    [
      { kind: 'damaged', damage: { problem: 'truncated', at: 99 } },
      'box-pi.img.zst is cut off at byte 99, in the middle of a zstd frame',
    ],
    [
      { kind: 'damaged', damage: { problem: 'corrupt', at: 7 } },
      "box-pi.img.zst is corrupt: its zstd frame at byte 7 can't be decompressed",
    ],
    [
      { kind: 'damaged', damage: { problem: 'window too large', at: 0 } },
      "box-pi.img.zst needs more than the 128 MiB of memory that a board's zstdcat takes; compress it without --long",
    ],
    [
      { kind: 'damaged', damage: { problem: 'trailing bytes', at: 50 } },
      'box-pi.img.zst has extra bytes after its last zstd frame, from byte 50 on',
    ],
    [
      { kind: 'raw digest', ...digests },
      "box-pi.img.zst doesn't decompress to the raw image that its .img.sha256 names: files of two builds are mixed",
    ],
    [
      { kind: 'contents', fault: 'no partition table' },
      'box-pi.img.zst holds no disk image: there is no partition table in it',
    ],
    [
      { kind: 'damaged', damage: { problem: 'too many frames', at: 9 } },
      'box-pi.img.zst has more than 50,000 zstd frames and would take too long to check; compress it with zstd or "update-server pack"',
    ],
    [
      { kind: 'damaged', damage: { problem: 'too much content', at: 0 } },
      'box-pi.img.zst decompresses to far more than an image holds',
    ],
    [
      { kind: 'contents', fault: 'no FAT' },
      "the boot partition has no readable FAT file system, and mkbox's has one: a board that gets it may never ask again; ALLOW_FOREIGN=true serves images that mkbox did not make",
    ],
    [
      { kind: 'contents', fault: 'U-Boot data CRC' },
      "the initramfs doesn't match the checksum in its U-Boot header: a board can't boot it",
    ],
    [
      { kind: 'contents', fault: 'cpio of another format' },
      "the cpio archive in the initramfs is not in the format newc: a board can't unpack it; make it with cpio -H newc",
    ],
    [{ kind: 'contents', fault: 'U-Boot magic' }, "the initramfs has no U-Boot header: a board can't boot it"],
    [
      { kind: 'contents', fault: 'no U-Boot header' },
      "the initramfs has no U-Boot header, and mkbox's have one: a board that gets it may never ask again; ALLOW_FOREIGN=true serves images that mkbox did not make",
    ],
    [
      { kind: 'contents', fault: 'compressed with xz' },
      'the initramfs is compressed with xz, and mkbox uses gzip: a board that gets it may never ask again; ALLOW_FOREIGN=true serves images that mkbox did not make',
    ],
    [
      { kind: 'contents', fault: 'partly compressed with xz' },
      'a part of the initramfs is compressed with xz, and mkbox uses gzip',
    ],
    [
      { kind: 'contents', fault: 'no root file system' },
      "the second partition has no ext4 file system that fits into it: a board can't boot it",
    ],
    [
      { kind: 'raw size', rawBytes: 10, partitionsEnd: 20 },
      'the image in box-pi.img.zst ends at byte 10, before its last partition does (20)',
    ],
    [
      { kind: 'build ID', inside: BUILD_1, outside: BUILD_2 },
      'the image says that it is build 0123456, and its .img.buildID says fedcba9: a board would flash it again at every boot',
    ],
    [{ kind: 'box', inside: 'other' }, 'the image was built for the box other, which is not the one in its name'],
    [{ kind: 'board', inside: 'c2' }, 'the image was built for the board c2, which is not the one in its name'],
    [
      { kind: 'not said', what: 'build ID' },
      'its board.conf has no build ID: a board would flash it again at every boot',
    ],
    [{ kind: 'not said', what: 'board' }, "its board.conf names no board: a board that runs it can't ask for updates"],
  ];
  for (const [finding, text] of texts) {
    test(`says '${text}'`, () => equal(findingText('box-pi', finding), text));
  }
});

suite('a gap in words', () => {
  const texts: [gap: Gap, text: string | RegExp][] = [
    [{ kind: 'no raw digest' }, 'the .img.sha256 has no line for the raw image'],
    [
      { kind: 'not looked inside', why: 'ENOSPC in the temporary folder /tmp' },
      'there was no room to look inside: ENOSPC in the temporary folder /tmp',
    ],
    [
      { kind: 'foreign', fault: 'no board.conf' },
      "foreign: mkbox did not make this image; the initramfs has no board.conf, and mkbox's have one",
    ],
    [
      { kind: 'foreign', fault: 'no initramfs' },
      "foreign: mkbox did not make this image; the boot partition has no initramfs, and mkbox's has one",
    ],
    [
      { kind: 'foreign', fault: 'no FAT' },
      "foreign: mkbox did not make this image; the boot partition has no readable FAT file system, and mkbox's has one",
    ],
    [
      { kind: 'foreign', fault: 'no U-Boot header' },
      "foreign: mkbox did not make this image; the initramfs has no U-Boot header, and mkbox's have one",
    ],
    [{ kind: 'foreign', fault: 'GPT' }, /^foreign: .*; the image has a GUID partition table/],
  ];
  for (const [gap, text] of texts) {
    test(`says '${text}'`, () => (typeof text === 'string' ? equal(gapText(gap), text) : match(gapText(gap), text)));
  }

  test('is one clause each, without an end', () => {
    deepEqual(
      texts.filter(([gap]) => /[.\n]$/.test(gapText(gap))),
      [],
    );
  });
});
