import { type CompressionFault, isCompressionFault } from '../contents/compression.ts';
import { type ContentsFault, isForeignFault } from '../contents/contents-fault.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { ZstdDamage } from '../images/zstd/frame-scanner.ts';
import { COMMAND_LINE, type Remedies } from '../remedies.ts';
import { ENGLISH, type Words } from '../words.ts';
import type { Finding, Gap } from './finding.ts';

/** That boards do not get an image, because of a finding. `reason`: the finding's text. */
export function wrongText(reason: string, words: Words = ENGLISH): string {
  return words.t('wrong, not sent to boards: {0}', reason);
}

/** What is wrong with `image`, as one clause that says what to do where that is not to build it again. */
export function findingText(image: string, finding: Finding, words: Words = ENGLISH, remedies = COMMAND_LINE): string {
  const zst = `${image}.img.zst`;
  switch (finding.kind) {
    case 'digest':
      return words.t("{0} doesn't match its .img.sha256: it is being written, or was copied or built wrong", zst);
    case 'damaged':
      return damageText(zst, finding.damage, words, remedies);
    case 'raw digest':
      return words.t(
        "{0} doesn't decompress to the raw image that its .img.sha256 names: files of two builds are mixed",
        zst,
      );
    case 'contents':
      return unusableText(zst, finding.fault, words, remedies);
    case 'raw size':
      return words.t(
        'the image in {0} ends at byte {1}, before its last partition does ({2})',
        zst,
        finding.rawBytes,
        finding.partitionsEnd,
      );
    case 'build ID':
      return words.t(
        'the image says that it is build {0}, and its .img.buildID says {1}: a board would flash it again at every boot',
        shortBuildId(finding.inside),
        shortBuildId(finding.outside),
      );
    case 'box':
      return words.t('the image was built for the box {0}, which is not the one in its name', finding.inside);
    case 'board':
      return words.t('the image was built for the board {0}, which is not the one in its name', finding.inside);
    case 'not said':
      return notSaidText(finding.what, words);
  }
}

/** What could not be checked, as one clause. */
export function gapText(gap: Gap, words: Words = ENGLISH): string {
  switch (gap.kind) {
    case 'no raw digest':
      return words.t('the .img.sha256 has no line for the raw image');
    case 'not looked inside':
      return words.t('there was no room to look inside: {0}', gap.why);
    case 'foreign':
      return words.t('foreign: mkbox did not make this image; {0}', contentsText(gap.fault, words));
  }
}

/** What is wrong with the zstd file of that name. */
export function damageText(
  zst: string,
  { problem, at }: ZstdDamage,
  words: Words = ENGLISH,
  remedies: Remedies = COMMAND_LINE,
): string {
  switch (problem) {
    case 'not zstd':
      return words.t('{0} is not a zstd file', zst);
    case 'truncated':
      return words.t('{0} is cut off at byte {1}, in the middle of a zstd frame', zst, at);
    case 'corrupt':
      return words.t("{0} is corrupt: its zstd frame at byte {1} can't be decompressed", zst, at);
    case 'window too large':
      return words.t(
        "{0} needs more than the 128 MiB of memory that a board's zstdcat takes; compress it without --long",
        zst,
      );
    case 'too many frames':
      return words.t(
        '{0} has more than 50,000 zstd frames and would take too long to check; compress it with zstd or "{1}"',
        zst,
        remedies.pack(words),
      );
    case 'too much content':
      return words.t('{0} decompresses to far more than an image holds', zst);
    case 'trailing bytes':
      return words.t('{0} has extra bytes after its last zstd frame, from byte {1} on', zst, at);
  }
}

function notSaidText(what: Extract<Finding, { kind: 'not said' }>['what'], words: Words): string {
  switch (what) {
    case 'build ID':
      return words.t('its board.conf has no build ID: a board would flash it again at every boot');
    case 'box':
      return words.t("its board.conf names no box: a board that runs it can't ask for updates");
    case 'board':
      return words.t("its board.conf names no board: a board that runs it can't ask for updates");
  }
}

function compressionText(fault: CompressionFault, words: Words): string {
  const [what, compression = ''] = fault.split(' with ');
  return what === 'compressed'
    ? words.t('the initramfs is compressed with {0}, and mkbox uses gzip', compression)
    : words.t('a part of the initramfs is compressed with {0}, and mkbox uses gzip', compression);
}

function unusableText(zst: string, fault: ContentsFault, words: Words, { allowForeign }: Remedies): string {
  if (fault === 'no partition table') {
    return words.t('{0} holds no disk image: there is no partition table in it', zst);
  }
  const text = contentsText(fault, words);
  if (!isForeignFault(fault)) return text;
  return words.t(
    '{0}: a board that gets it may never ask again; {1} serves images that mkbox did not make',
    text,
    allowForeign,
  );
}

/** What an image lacks that has a partition table, as one clause. Nobody knows whether boards boot a foreign one: it says what that lacks. */
export function contentsText(fault: Exclude<ContentsFault, 'no partition table'>, words: Words): string {
  if (isCompressionFault(fault)) return compressionText(fault, words);
  switch (fault) {
    case 'GPT':
      return words.t('the image has a GUID partition table, and mkbox makes an MBR');
    case 'no FAT':
      return words.t("the boot partition has no readable FAT file system, and mkbox's has one");
    case 'boot partition damaged':
      return words.t("the file system on the boot partition is damaged: a board can't boot it");
    case 'no initramfs':
      return words.t("the boot partition has no initramfs, and mkbox's has one");
    case 'initramfs too large':
      return words.t("the initramfs is larger than 256 MiB: a board can't load it");
    case 'no U-Boot header':
      return words.t("the initramfs has no U-Boot header, and mkbox's have one");
    case 'U-Boot magic':
      return words.t("the initramfs has no U-Boot header: a board can't boot it");
    case 'U-Boot header CRC':
      return words.t("the U-Boot header of the initramfs is damaged: a board can't boot it");
    case 'U-Boot size':
      return words.t("the initramfs is shorter than its U-Boot header says: a board can't boot it");
    case 'U-Boot data CRC':
      return words.t("the initramfs doesn't match the checksum in its U-Boot header: a board can't boot it");
    case 'gzip damaged':
      return words.t("the gzip data of the initramfs is damaged: a board can't unpack it");
    case 'gzip cut':
      return words.t("the gzip data of the initramfs is cut off: a board can't unpack it");
    case 'unpacks to too much':
      return words.t('the initramfs unpacks to more than 512 MiB: a board has no memory for it');
    case 'cpio damaged':
      return words.t("the cpio archive in the initramfs is damaged: a board can't unpack it");
    case 'cpio cut':
      return words.t("the cpio archive in the initramfs is cut off: a board can't unpack it");
    case 'cpio of another format':
      return words.t(
        "the cpio archive in the initramfs is not in the format newc: a board can't unpack it; make it with cpio -H newc",
      );
    case 'cpio too many members':
      return words.t("the cpio archive in the initramfs has more than 250,000 files: a board can't unpack it");
    case 'no board.conf':
      return words.t("the initramfs has no board.conf, and mkbox's have one");
    case 'no root file system':
      return words.t("the second partition has no ext4 file system that fits into it: a board can't boot it");
  }
}
