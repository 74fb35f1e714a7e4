import { rm } from 'node:fs/promises';
import { SUFFIXES, type Suffix } from './build.ts';
import {
  FLASHED_FIRST,
  FLASHED_SECOND,
  incomplete,
  NO_BUILD_ID,
  NO_CHECKSUM,
  OTHER_BUILD_ID,
  OTHER_DIGEST,
  type Row,
  settling,
} from './row.ts';
import type { Site } from './site.ts';

/** Puts those files of the second build there. */
async function putSecond({ second, put }: Site, ...suffixes: readonly Suffix[]): Promise<void> {
  for (const suffix of suffixes) await put(suffix, second.files[suffix]);
}

/** Puts the beginning of a file of the second build there, which is that fraction of it. */
function beginSecond({ second, put }: Site, suffix: Suffix, fraction: number): Promise<void> {
  const bytes = second.files[suffix];
  return put(suffix, bytes.subarray(0, Math.floor(fraction * bytes.length)));
}

/** As `beginSecond`, without what was there being cut off first: the rest is the first build's. */
function overwriteWithSecond({ first, second, put }: Site, suffix: Suffix, fraction: number): Promise<void> {
  const bytes = Buffer.from(first.files[suffix]);
  second.files[suffix].copy(bytes, 0, 0, Math.floor(fraction * bytes.length));
  return put(suffix, bytes);
}

const putRaw = ({ second, put }: Site) => put('.img', second.raw);

const RAW_IS_NEW = settling(/the image says that it is build 0123456, and its \.img\.buildID says fedcba9/);

/** Some of a set's files are those of another build. */
export const MIXED_BUILDS: readonly Row[] = [
  { suffixes: ['.img.buildID'], expected: OTHER_BUILD_ID },
  { suffixes: ['.img.zst'], expected: OTHER_DIGEST },
  { suffixes: ['.img.sha256'], expected: OTHER_DIGEST },
  { suffixes: ['.img.buildID', '.img.zst'], expected: OTHER_DIGEST },
  { suffixes: ['.img.buildID', '.img.sha256'], expected: OTHER_DIGEST },
  { suffixes: ['.img.zst', '.img.sha256'], expected: OTHER_BUILD_ID },
].map(({ suffixes, expected }) => ({
  name: `another build's are the ${suffixes.join(' and the ')}`,
  expected,
  make: (site) => putSecond(site, ...(suffixes as Suffix[])),
}));

/** A second build takes the place of the first: the raw image, `.img.buildID`, `.img.zst`, `.img.sha256`. */
export const HALF_BUILT: readonly Row[] = [
  { name: 'only the raw image is new', expected: FLASHED_FIRST, make: putRaw },
  {
    name: 'a build has emptied the .img.buildID',
    expected: incomplete(/\.img\.buildID is empty/),
    make: (site) => putRaw(site).then(() => beginSecond(site, '.img.buildID', 0)),
  },
  {
    name: 'a build has written half of the .img.buildID',
    expected: NO_BUILD_ID,
    make: (site) => putRaw(site).then(() => beginSecond(site, '.img.buildID', 0.5)),
  },
  {
    name: 'a build has written the raw image and the .img.buildID',
    expected: RAW_IS_NEW,
    make: (site) => putRaw(site).then(() => putSecond(site, '.img.buildID')),
  },
  {
    name: 'a build has emptied the .img.zst',
    expected: incomplete(/\.img\.zst is empty/),
    make: (site) => putSecond(site, '.img.buildID').then(() => beginSecond(site, '.img.zst', 0)),
  },
  ...[0.1, 0.9].flatMap((fraction): Row[] => [
    {
      name: `a build has written ${100 * fraction} % of the .img.zst`,
      expected: OTHER_DIGEST,
      make: (site) => putSecond(site, '.img.buildID').then(() => beginSecond(site, '.img.zst', fraction)),
    },
    {
      name: `a build has written ${100 * fraction} % of the .img.zst over the one that was there`,
      expected: OTHER_DIGEST,
      make: (site) => putSecond(site, '.img.buildID').then(() => overwriteWithSecond(site, '.img.zst', fraction)),
    },
  ]),
  {
    name: 'a build has written the .img.zst',
    expected: OTHER_DIGEST,
    make: (site) => putRaw(site).then(() => putSecond(site, '.img.buildID', '.img.zst')),
  },
  {
    name: 'a build has emptied the .img.sha256',
    expected: incomplete(/\.img\.sha256 is empty/),
    make: (site) => putSecond(site, '.img.buildID', '.img.zst').then(() => beginSecond(site, '.img.sha256', 0)),
  },
  {
    name: 'a build has written half of the .img.sha256',
    expected: NO_CHECKSUM,
    make: (site) => putSecond(site, '.img.buildID', '.img.zst').then(() => beginSecond(site, '.img.sha256', 0.5)),
  },
  {
    name: 'a build has written the .img.sha256 up to the last letter but one',
    expected: NO_CHECKSUM,
    make: async (site) => {
      await putSecond(site, '.img.buildID', '.img.zst');
      await site.put('.img.sha256', site.second.files['.img.sha256'].subarray(0, -2));
    },
  },
  {
    name: 'a build has written the .img.sha256 over half of the one that was there',
    expected: OTHER_DIGEST,
    make: (site) =>
      putSecond(site, '.img.buildID', '.img.zst').then(() => overwriteWithSecond(site, '.img.sha256', 0.5)),
  },
  {
    name: 'the second build is complete',
    expected: FLASHED_SECOND,
    make: (site) => putRaw(site).then(() => putSecond(site, ...SUFFIXES)),
  },
];

/** A set is copied over another in the order of the names: `.img.buildID`, `.img.sha256`, `.img.zst`. */
export const HALF_COPIED: readonly Row[] = [
  {
    name: 'a copy has emptied the .img.sha256',
    expected: incomplete(/\.img\.sha256 is empty/),
    make: (site) => putSecond(site, '.img.buildID').then(() => beginSecond(site, '.img.sha256', 0)),
  },
  {
    name: 'a copy has written half of the .img.sha256',
    expected: NO_CHECKSUM,
    make: (site) => putSecond(site, '.img.buildID').then(() => beginSecond(site, '.img.sha256', 0.5)),
  },
  {
    name: 'a copy has written the .img.sha256',
    expected: OTHER_DIGEST,
    make: (site) => putSecond(site, '.img.buildID', '.img.sha256'),
  },
  {
    name: 'a copy has emptied the .img.zst',
    expected: incomplete(/\.img\.zst is empty/),
    make: (site) => putSecond(site, '.img.buildID', '.img.sha256').then(() => beginSecond(site, '.img.zst', 0)),
  },
  ...[0.1, 0.9].map(
    (fraction): Row => ({
      name: `a copy has written ${100 * fraction} % of the .img.zst`,
      expected: OTHER_DIGEST,
      make: (site) =>
        putSecond(site, '.img.buildID', '.img.sha256').then(() => beginSecond(site, '.img.zst', fraction)),
    }),
  ),
  {
    name: 'a copy is complete',
    expected: FLASHED_SECOND,
    make: (site) => putSecond(site, '.img.buildID', '.img.sha256', '.img.zst'),
  },
];

/** There was no set before. */
export const FIRST_EVER: readonly Row[] = [
  {
    name: 'the first build of all has written the .img.buildID',
    expected: incomplete(/\.img\.zst is missing/),
    make: async ({ file }) => {
      await rm(file('.img.zst'));
      await rm(file('.img.sha256'));
    },
  },
  {
    name: 'the first build of all has written half of the .img.zst',
    expected: incomplete(/\.img\.sha256 is missing/),
    make: async ({ first, file, put }) => {
      await rm(file('.img.sha256'));
      await put('.img.zst', first.files['.img.zst'].subarray(0, first.files['.img.zst'].length >> 1));
    },
  },
];
