import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { createBoard } from '../board/board.ts';
import { buildIdOf, DEMO_IMAGES, imageName } from '../board/demo-boxes.ts';
import { bootsOn } from '../board/expect-boot.ts';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { COMPRESSED_LETTERS } from '../fixtures/compressed-letters.ts';
import { makeDiskImage, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { sums } from './build.ts';

const KINDS = path.join(import.meta.dirname, '../fixtures/other-kinds');
const { name } = DEMO_IMAGES.master;
const IMAGE = imageName(DEMO_IMAGES.master);

/** An image of another kind that is served as that of the demo. */
interface Site {
  readonly server: RunningServer;
  readonly zst: Buffer;
  readonly rawSha256: string;
}

/** Serves a set of the fixture `kind`, or of what `change` makes of its raw image. */
async function withSite(
  kind: string,
  env: Readonly<Record<string, string>>,
  use: (site: Site) => Promise<void>,
  change?: (raw: Buffer) => Buffer,
): Promise<void> {
  const boxes = await mkdtemp(path.join(tmpdir(), 'mkbox-other-kinds-'));
  try {
    const fixture = await readFile(path.join(KINDS, `${kind}.zst`));
    const zst = change === undefined ? fixture : zstdCompressSync(change(zstdDecompressSync(fixture)));
    const rawSha256 = hash('sha256', zstdDecompressSync(zst));
    const file = (suffix: string) => path.join(boxes, name, IMAGE + suffix);
    await mkdir(path.dirname(file('')));
    await writeFile(file('.img.zst'), zst);
    await writeFile(file('.img.sha256'), sums(IMAGE, rawSha256, zst));
    await writeFile(file('.img.buildID'), `${await buildIdOf(DEMO_IMAGES.master)}  ${IMAGE}.img\n`);
    await using server = await startUpdateServer({ imagePath: boxes, env });
    await use({ server, zst, rawSha256 });
  } finally {
    await rm(boxes, { recursive: true, force: true });
  }
}

/** Asks for the image. */
async function ask({ server }: Site): Promise<{ status: number; body: Buffer }> {
  const answer = await fetch(`${server.url}/update/${name}/${IMAGE}`);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
}

async function isSent(site: Site): Promise<void> {
  const { status, body } = await ask(site);
  equal(status, 200, body.toString('utf8', 0, 1000));
  ok(body.includes(site.zst), 'the archive holds the image');
}

const MIB = 1024 * 1024;

/** An image of the same box whose initramfs is packed by something else, without a `board.conf` or with one. */
function withInitramfs(pack: (archive: Buffer) => Buffer, boardConf?: null): () => Buffer {
  const content = {
    ...{ box: name, board: DEMO_IMAGES.master.board, buildId: '0'.repeat(64) },
    ...(boardConf === null && { boardConf }),
  };
  return () => makeDiskImage({ ...content, initramfs: pack(gunzipSync(makeInitramfs(content).subarray(64))) });
}

/** Gzip, padding and xz behind a U-Boot header. */
function gzipThenXz(archive: Buffer): Buffer {
  return ubootRamdisk(Buffer.concat([gzipSync(archive), Buffer.alloc(512), COMPRESSED_LETTERS.xz]));
}

/** As UEFI has it for disks that are too large to be told of, and some programs for any. */
function withoutDiskSize(raw: Buffer): Buffer {
  raw.writeUInt32LE(0xffffffff, 458);
  return raw;
}

async function isRefused(site: Site, reason: RegExp): Promise<void> {
  await ask(site).catch(() => {}); // it may be cut off, where the image is not checked yet
  const { status, body } = await ask(site);
  equal(status, 409);
  match(body.toString(), reason);
}

const isCut = (site: Site) => isRefused(site, /ends at byte \d+, before its last partition does \(\d{8}\)/);

suite('an image of another kind than those that mkbox makes', () => {
  test('is flashed when it differs in what its partition table says of its FAT', () =>
    withSite('fat-type', {}, async (site) => {
      await using board = await createBoard({ server: site.server.url, ...DEMO_IMAGES.master });
      const { flashed, diskSha256, output } = await board.boot();
      deepEqual([flashed, diskSha256], [true, site.rawSha256], output);
      equal((await bootsOn(board)).upToDate, true);
    }));

  test('is sent when it has FAT16, from which boards boot as well', () => withSite('fat16', {}, isSent));

  const refused: Record<string, RegExp> = {
    gpt: /the image has a GUID partition table, and mkbox makes an MBR: a board that gets it may never ask again; ALLOW_FOREIGN=true serves/,
    'no-table': /the boot partition has no readable FAT file system/,
  };
  for (const [kind, reason] of Object.entries(refused)) {
    test(`is refused when nothing tells what a board would make of it: ${kind}`, () =>
      withSite(kind, {}, async (site) => {
        await using board = await createBoard({ server: site.server.url, ...DEMO_IMAGES.master });
        equal((await bootsOn(board)).upToDate, true);
        const { status, body } = await ask(site);
        equal(status, 409);
        match(body.toString(), reason);
      }));
  }

  const ALLOWED = { ALLOW_FOREIGN: 'true' };

  test('is sent when that is allowed', () => withSite('gpt', ALLOWED, isSent));

  test('is sent when its protective MBR does not tell the size of the disk', () =>
    withSite('gpt', ALLOWED, isSent, withoutDiskSize));

  const initramfses: Record<string, [raw: () => Buffer, reason: RegExp]> = {
    'gzip without a U-Boot header': [withInitramfs(gzipSync, null), /the initramfs has no U-Boot header/],
    'gzip, and xz behind it': [
      withInitramfs(gzipThenXz, null),
      /the initramfs is compressed with xz, and mkbox uses gzip: .*; ALLOW_FOREIGN=true serves/,
    ],
    'zstd behind a U-Boot header': [
      withInitramfs((archive) => ubootRamdisk(zstdCompressSync(archive))),
      /the initramfs is compressed with zstd, and mkbox uses gzip: .*; ALLOW_FOREIGN=true serves/,
    ],
  };
  for (const [what, [raw, reason]] of Object.entries(initramfses)) {
    test(`is refused when its initramfs is ${what}, and sent when that is allowed`, async () => {
      await withSite('gpt', {}, (site) => isRefused(site, reason), raw);
      await withSite('gpt', ALLOWED, isSent, raw);
    });
  }

  const withConf: Record<string, [raw: () => Buffer, reason: RegExp]> = {
    'gzip without a U-Boot header': [
      withInitramfs(gzipSync),
      /the initramfs has no U-Boot header: a board can't boot it; build it again/,
    ],
    'gzip, and xz behind it': [
      withInitramfs(gzipThenXz),
      /a part of the initramfs is compressed with xz, and mkbox uses gzip; build it again/,
    ],
  };
  for (const [what, [raw, reason]] of Object.entries(withConf)) {
    test(`is refused when its initramfs has a board.conf, even if others are allowed: ${what}`, async () => {
      for (const env of [{}, ALLOWED]) await withSite('gpt', env, (site) => isRefused(site, reason), raw);
    });
  }

  test("is refused when its initramfs was mkbox's and lost its magic, even if others are allowed", () =>
    withSite(
      'gpt',
      ALLOWED,
      (site) => isRefused(site, /the initramfs has no U-Boot header: a board can't boot it; build it again/),
      withInitramfs((archive) => ubootRamdisk(gzipSync(archive)).fill(0, 0, 4)),
    ));

  test('is refused when it is cut off, whatever its protective MBR tells', async () => {
    for (const mbr of [(raw: Buffer) => raw, withoutDiskSize]) {
      const cut = (raw: Buffer) => mbr(raw).subarray(0, -2 * MIB);
      await withSite('gpt', ALLOWED, isCut, cut);
    }
  });
});
