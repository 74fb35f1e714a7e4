import type { ContentsFault } from '../contents/image-contents.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { ZstdDamage } from '../images/frame-scanner.ts';
import type { Finding, Gap } from './finding.ts';

const DAMAGES: Record<ZstdDamage['problem'], (at: number) => string> = {
  'not zstd': () => 'is no zstd file',
  truncated: (at) => `is cut off at byte ${at}, in the middle of a zstd frame`,
  corrupt: (at) => `is corrupt: its zstd frame at byte ${at} can not be decompressed`,
  'window too large': () =>
    "needs more than the 128 MiB of memory that a board's zstdcat takes; compress it without --long",
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
    case 'no partition table':
      return `${image}.img.zst holds no disk image: there is no partition table in it`;
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

const CONTENTS: Record<ContentsFault, string> = {
  'no partition table': 'it has no partition table',
  'no boot partition': 'its first partition is no FAT file system',
  'no initramfs': 'no initramfs can be read from its boot partition',
  'no U-Boot image': 'its initramfs has no U-Boot header',
  unreadable: 'its initramfs can not be unpacked',
  'no board.conf': 'its initramfs has no board.conf',
};

/** What could not be checked, in English, as one clause. */
export function gapText(gap: Gap): string {
  switch (gap.kind) {
    case 'no raw digest':
      return 'the .img.sha256 has no line for the raw image';
    case 'not looked inside':
      return 'there was no room in the temporary folder for a look inside';
    case 'no board.conf':
      return `build ID, box and board inside are not known: ${CONTENTS[gap.fault]}`;
  }
}
