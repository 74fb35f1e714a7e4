import { type ContentsFault, isForeignFault } from '../contents/image-contents.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { ZstdDamage } from '../images/frame-scanner.ts';
import type { Finding, Gap } from './finding.ts';

const DAMAGES: Record<ZstdDamage['problem'], (at: number) => string> = {
  'not zstd': () => 'is no zstd file',
  truncated: (at) => `is cut off at byte ${at}, in the middle of a zstd frame`,
  corrupt: (at) => `is corrupt: its zstd frame at byte ${at} can not be decompressed`,
  'window too large': () =>
    "needs more than the 128 MiB of memory that a board's zstdcat takes; compress it without --long",
  'too many frames': () =>
    'has more than 50,000 zstd frames: it takes too long to check; compress it with zstd, or with update-server pack',
  'too much content': () => 'decompresses to far more than an image has',
  'trailing bytes': (at) => `has bytes behind its last zstd frame, from byte ${at} on`,
};

/** What is wrong with `image`, in English, as one clause that says what to do where that is not to build it again. */
export function findingText(image: string, finding: Finding): string {
  switch (finding.kind) {
    case 'digest':
      return `${image}.img.zst is not what its .img.sha256 says: it is being written, or was copied or built wrong`;
    case 'damaged':
      return `${image}.img.zst ${DAMAGES[finding.damage.problem](finding.damage.at)}`;
    case 'raw digest':
      return `${image}.img.zst does not decompress to the raw image that its .img.sha256 names: files of two builds are mixed`;
    case 'contents':
      return contentsText(image, finding.fault);
    case 'raw size':
      return `the image in ${image}.img.zst ends at byte ${finding.rawBytes}, before its last partition does (${finding.partitionsEnd})`;
    case 'build ID':
      return `the image says that it is build ${shortBuildId(finding.inside)}, and its .img.buildID says ${shortBuildId(finding.outside)}: a board would flash it again at every boot`;
    case 'box':
      return `the image was built for the box ${finding.inside}, which is not the one in its name`;
    case 'board':
      return `the image was built for the board ${finding.inside}, which is not the one in its name`;
    case 'not said': {
      const isBuild = finding.what === 'build ID';
      const harm = isBuild
        ? 'a board would flash it again at every boot'
        : 'a board that runs it can not ask for updates';
      return `its board.conf says no ${finding.what}: ${harm}`;
    }
  }
}

const CONTENTS: Record<Exclude<ContentsFault, 'no partition table'>, string> = {
  GPT: 'the image has a GUID partition table, and mkbox makes an MBR',
  'no FAT': "the boot partition has no readable FAT file system: a board can't boot it",
  'boot partition damaged': "the file system on the boot partition is damaged: a board can't boot it",
  'no initramfs': "the boot partition has no initramfs: a board can't boot it",
  'initramfs too large': "the initramfs is larger than 256 MiB: a board can't load it",
  'U-Boot magic': "the initramfs has no U-Boot header: a board can't boot it",
  'U-Boot header CRC': "the U-Boot header of the initramfs is damaged: a board can't boot it",
  'U-Boot size': "the initramfs is shorter than its U-Boot header says: a board can't boot it",
  'U-Boot data CRC': "the initramfs doesn't match the checksum in its U-Boot header: a board can't boot it",
  'gzip damaged': "the gzip data of the initramfs is damaged: a board can't unpack it",
  'gzip cut': "the gzip data of the initramfs is cut off: a board can't unpack it",
  'unpacks to too much': 'the initramfs unpacks to more than 512 MiB: a board has no memory for it',
  'cpio damaged': "the cpio archive in the initramfs is damaged: a board can't unpack it",
  'cpio cut': "the cpio archive in the initramfs is cut off: a board can't unpack it",
  'cpio too many members': "the cpio archive in the initramfs has more than 250,000 files: a board can't unpack it",
  'no board.conf': "the initramfs has no board.conf: a board that runs it can't ask for updates",
  'no root file system': "the second partition has no ext4 file system that fits into it: a board can't boot it",
};

/** The way to serve what mkbox did not make. */
const ALLOW_FOREIGN = 'ALLOW_FOREIGN=true serves images that mkbox did not make';

function contentsText(image: string, fault: ContentsFault): string {
  if (fault === 'no partition table') return `${image}.img.zst holds no disk image: there is no partition table in it`;
  return isForeignFault(fault) ? `${CONTENTS[fault]}; ${ALLOW_FOREIGN}` : CONTENTS[fault];
}

/** What could not be checked, in English, as one clause. */
export function gapText(gap: Gap): string {
  switch (gap.kind) {
    case 'no raw digest':
      return 'the .img.sha256 has no line for the raw image';
    case 'not looked inside':
      return `there was no room to look inside: ${gap.why}`;
    case 'foreign':
      return `foreign: mkbox did not make this image; ${CONTENTS[gap.fault]}`;
  }
}
