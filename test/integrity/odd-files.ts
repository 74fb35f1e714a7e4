import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { link, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { requireTools } from '../tools/tools.ts';
import { type Build, SUFFIXES, type Suffix } from './build.ts';
import { type Expected, FLASHED_FIRST, incomplete, type Row, settling } from './row.ts';
import type { Site } from './site.ts';

/** No regular file stands where one of a set should. */
export const ODD_FILES: readonly Row[] = [
  ...SUFFIXES.flatMap((suffix): Row[] => {
    const saying = (what: string): Expected => incomplete(new RegExp(`\\${suffix} ${what}`));
    return [
      { name: `there is no ${suffix}`, expected: saying('is missing'), make: ({ file }) => rm(file(suffix)) },
      {
        name: `the ${suffix} is a symbolic link`,
        expected: saying('is a symbolic link'),
        make: async (site) => symlink(await setAside(site, suffix), site.file(suffix)),
      },
      {
        name: `the ${suffix} is a symbolic link to nothing`,
        expected: saying('is a symbolic link'),
        make: async (site) => symlink(`${await setAside(site, suffix)}.nothing`, site.file(suffix)),
      },
      {
        name: `the ${suffix} is a folder`,
        expected: saying('is not a regular file'),
        make: async (site) => {
          await setAside(site, suffix);
          await mkdir(site.file(suffix));
        },
      },
      {
        name: `the ${suffix} is a FIFO`,
        expected: saying('is not a regular file'),
        make: async (site) => {
          await setAside(site, suffix);
          makeFifo(site.file(suffix));
        },
      },
      {
        name: `the ${suffix} is a hard link`,
        expected: FLASHED_FIRST,
        make: async (site) => link(await setAside(site, suffix), site.file(suffix)),
      },
    ];
  }),
];

const IS_BEING_WRITTEN = settling(/is being written/);

/** Writes come all the time while boards ask. The digest is never right: no pause between two of them makes it so. */
export const MOVING_FILES: readonly Row[] = [
  {
    name: 'the .img.zst grows while it is read',
    expected: IS_BEING_WRITTEN,
    make: ({ first, put }) => put('.img.zst', firstHalf(first)),
    meanwhile: ({ file, first }) => {
      const bytes = first.files['.img.zst'];
      let at = firstHalf(first).length;
      return every(() => appendFileSync(file('.img.zst'), bytes.subarray(at, ++at)));
    },
  },
  {
    name: 'the .img.zst is overwritten again and again while it is read',
    expected: IS_BEING_WRITTEN,
    make: ({ first, put }) => put('.img.zst', firstHalf(first)),
    meanwhile: ({ file, first }) => every(() => writeFileSync(file('.img.zst'), firstHalf(first), { flag: 'r+' })),
  },
];

function firstHalf({ files }: Build): Buffer {
  const bytes = files['.img.zst'];
  return bytes.subarray(0, bytes.length >> 1);
}

function every(write: () => void): AsyncDisposable {
  const timer = setInterval(write, 3);
  return { [Symbol.asyncDispose]: async () => clearInterval(timer) };
}

/** Gives a file of the set a name that is not published, and answers its path. */
async function setAside({ file, folder, image }: Site, suffix: Suffix): Promise<string> {
  const aside = `${folder}/.${image}${suffix}`;
  await rename(file(suffix), aside);
  return aside;
}

function makeFifo(path: string): void {
  const { status, stderr } = spawnSync(requireTools('busybox').busybox, ['mkfifo', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
