import * as v from 'valibot';
import { COMPRESSION_FAULTS } from '../contents/compression.ts';
import type { Examination } from './examination.ts';

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Damage of a zstd file, as it is kept. */
export const damage = v.strictObject({
  problem: v.picklist([
    'not zstd',
    'truncated',
    'corrupt',
    'window too large',
    'trailing bytes',
    'too many frames',
    'too much content',
  ]),
  at: count,
});

/** A fault of what is in an image, as it is kept. */
export const fault = v.picklist([
  'no partition table',
  'GPT',
  'no FAT',
  'boot partition damaged',
  'no initramfs',
  'initramfs too large',
  'no U-Boot header',
  'U-Boot magic',
  'U-Boot header CRC',
  'U-Boot size',
  'U-Boot data CRC',
  'gzip damaged',
  'gzip cut',
  ...COMPRESSION_FAULTS,
  'unpacks to too much',
  'cpio damaged',
  'cpio cut',
  'cpio of another format',
  'cpio too many members',
  'no board.conf',
  'no root file system',
]);

const text = v.exactOptional(v.string());

const boardConf = v.strictObject({
  box: text,
  board: text,
  branch: text,
  version: text,
  buildId: text,
  arch: text,
  storageDevice: text,
  updateServer: text,
  domain: text,
});

/** An examination in which all was looked at, as it is kept in a file. */
export const keptExamination: v.GenericSchema<Examination> = v.strictObject({
  zstSha256: digest,
  examinedAtMs: count,
  content: v.variant('kind', [
    v.strictObject({ kind: v.literal('damaged'), damage }),
    v.strictObject({
      kind: v.literal('sound'),
      frames: count,
      isChecksummed: v.boolean(),
      windowBytes: count,
      rawSha256: digest,
      rawBytes: count,
      inside: v.strictObject({
        partitionsEnd: v.exactOptional(count),
        boardConf: v.exactOptional(boardConf),
        faults: v.array(fault),
      }),
    }),
  ]),
});
