import { hash } from 'node:crypto';
import { SECOND_BUILD, SUFFIXES, sums } from './build.ts';
import {
  type Expected,
  FLASHED_FIRST,
  IS_UTF_16,
  incomplete,
  NO_BUILD_ID,
  NO_CHECKSUM,
  OTHER_BUILD_ID,
  OTHER_FORM,
  type Row,
} from './row.ts';
import type { Site } from './site.ts';

/** The lines of a `.img.sha256`, without line feeds. */
interface Lines {
  readonly raw: string;
  readonly zst: string;
  readonly image: string;
}

/** The small files in other forms than mkbox writes, some of which a board takes. */
export const SMALL_FILES: readonly Row[] = [
  checksums('ends its lines with CR LF', windowsLineEnd(2), ({ raw, zst }) => `${raw}\r\n${zst}\r\n`),
  checksums('ends its lines with CR', windowsLineEnd(1), ({ raw, zst }) => `${raw}\r${zst}\r`),
  checksums('is UTF-16', IS_UTF_16, ({ raw, zst }) => Buffer.from(`\ufeff${raw}\n${zst}\n`, 'utf16le')),
  checksums('has a byte order mark', FLASHED_FIRST, ({ raw, zst }) => `\ufeff${raw}\n${zst}\n`),
  checksums('marks its digests as of binary files', FLASHED_FIRST, ({ raw, zst }) =>
    `${raw}\n${zst}\n`.replaceAll('  ', ' *'),
  ),
  checksums('has upper-case digests', incomplete(/line 2: the digest has capital letters/), ({ raw, zst }) =>
    `${raw}\n${zst}\n`.replace(/^\w{64}/gm, (digest) => digest.toUpperCase()),
  ),
  checksums('has an upper-case digest of the raw image', FLASHED_FIRST, ({ raw, zst }) =>
    `${raw}\n${zst}\n`.replace(/^\w{64}/, (digest) => digest.toUpperCase()),
  ),
  checksums('has one space between digest and name', OTHER_FORM, ({ raw, zst }) =>
    `${raw}\n${zst}\n`.replaceAll('  ', ' '),
  ),
  checksums('has three spaces between digest and name', OTHER_FORM, ({ raw, zst }) =>
    `${raw}\n${zst}\n`.replaceAll('  ', '   '),
  ),
  checksums('has a space behind the names', OTHER_FORM, ({ raw, zst }) => `${raw} \n${zst} \n`),
  checksums(
    'has a path before the names',
    incomplete(/line 2 names build\/.*: run sha256sum in the image's folder/),
    ({ raw, zst }) => `${raw}\n${zst}\n`.replaceAll('  ', '  build/'),
  ),
  checksums('has ./ before the names', FLASHED_FIRST, ({ raw, zst }) => `${raw}\n${zst}\n`.replaceAll('  ', '  ./')),
  checksums('has a space in the names', otherName(2), ({ raw, zst }) => `${raw}\n${zst}\n`.replaceAll('box-', 'box ')),
  checksums('is of another image', otherName(2), ({ raw, zst }) => `${raw}\n${zst}\n`.replaceAll('-main', '-dev')),
  checksums('has the form of BSD', incomplete(/line 2: BSD-style line/), ({ raw, zst }) =>
    `${raw}\n${zst}\n`.replace(/^(\w{64}) {2}(.+)$/gm, 'SHA256 ($2) = $1'),
  ),
  checksums('has no line for the .img.zst', NO_CHECKSUM, ({ raw }) => `${raw}\n`),
  checksums('has no line for the raw image', FLASHED_FIRST, ({ zst }) => `${zst}\n`),
  checksums('has its lines the other way round', FLASHED_FIRST, ({ raw, zst }) => `${zst}\n${raw}\n`),
  checksums('has its lines twice', FLASHED_FIRST, ({ raw, zst }) => `${raw}\n${zst}\n`.repeat(2)),
  checksums(
    'is larger than 64 KiB',
    incomplete(/\.img\.sha256 is far larger/),
    ({ raw, zst }) => `${raw}\n${zst}\n${'\n'.repeat(70_000)}`,
  ),
  checksums(
    'has the lines of an older build, too',
    incomplete(/line 4: another digest than in a line before/),
    ({ raw, zst, image }) => sums(image, hash('sha256', 'old'), Buffer.from('old')).concat(`${raw}\n${zst}\n`),
  ),
  checksums(
    'has a line for another .img.zst, too',
    otherName(3),
    ({ raw, zst }) => `${raw}\n${zst}\n${zst.replace('-main', '-dev')}\n`,
  ),

  buildId('has text after the build ID', FLASHED_FIRST, (id) => `${id} of today, and more\n`),
  buildId('has nothing but the build ID', FLASHED_FIRST, (id) => id),
  buildId('ends its line with CR LF', FLASHED_FIRST, (id) => `${id}\r\n`),
  buildId('has a second line', FLASHED_FIRST, (id, image) => `${id}  ${image}.img\n${SECOND_BUILD}  ${image}.img\n`),
  buildId('has a line of another build first', OTHER_BUILD_ID, (id, image) => `${SECOND_BUILD}  ${image}.img\n${id}\n`),
  buildId('has an upper-case build ID', OTHER_BUILD_ID, (id) => `${id.toUpperCase()}\n`),
  buildId('has a build ID that is too short', NO_BUILD_ID, (id, image) => `${id.slice(1)}  ${image}.img\n`),
  buildId('has a build ID that is too long', NO_BUILD_ID, (id, image) => `${id}0  ${image}.img\n`),
  buildId(
    'has a build ID that is not hexadecimal',
    NO_BUILD_ID,
    (id, image) => `${id.replace('a', 'x')}  ${image}.img\n`,
  ),
  buildId('begins with a space', NO_BUILD_ID, (id) => ` ${id}\n`),
  buildId('begins with an empty line', NO_BUILD_ID, (id) => `\n${id}\n`),
  buildId('is UTF-16', NO_BUILD_ID, (id) => Buffer.from(`\ufeff${id}\n`, 'utf16le')),
  buildId('is larger than 4 KiB', incomplete(/\.img\.buildID is far larger/), (id) => id.padEnd(5_000)),

  ...SUFFIXES.map(
    (suffix): Row => ({
      name: `the ${suffix} is empty`,
      expected: incomplete(new RegExp(`\\${suffix} is empty`)),
      make: ({ put }) => put(suffix, ''),
    }),
  ),
  { name: "the box's name has a space in it", box: 'a box', expected: FLASHED_FIRST, make: async () => {} },
];

function windowsLineEnd(line: number): Expected {
  return incomplete(new RegExp(`\\.img\\.sha256, line ${line}: Windows line end`));
}

/** A board checks each line in which `.img.zst` stands. */
function otherName(line: number): Expected {
  return incomplete(new RegExp(`\\.img\\.sha256, line ${line} names .*, which boards would check, too`));
}

function checksums(what: string, expected: Expected, text: (lines: Lines) => Buffer | string): Row {
  return {
    name: `the .img.sha256 ${what}`,
    expected,
    make: async ({ first, image, put }: Site) => {
      const [raw = '', zst = ''] = first.files['.img.sha256'].toString().split('\n');
      await put('.img.sha256', text({ raw, zst, image }));
    },
  };
}

function buildId(what: string, expected: Expected, text: (id: string, image: string) => Buffer | string): Row {
  return {
    name: `the .img.buildID ${what}`,
    expected,
    make: ({ first, image, put }) => put('.img.buildID', text(first.content.buildId, image)),
  };
}
