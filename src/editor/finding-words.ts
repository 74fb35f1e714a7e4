import type { Finding, Gap } from '../checks/finding.ts';
import type { ContentsFault } from '../contents/image-contents.ts';
import { shortBuildId } from '../images/build-id.ts';
import type { ZstdDamage } from '../images/frame-scanner.ts';
import type { Words } from './words.ts';

/** What is wrong with a set, in the user's language, as one clause. */
export function findingWords(image: string, finding: Finding, words: Words): string {
  const zst = `${image}.img.zst`;
  switch (finding.kind) {
    case 'digest':
      return words.t('{0} is not what its .img.sha256 says: it is being written, or was copied or built wrong', zst);
    case 'damaged':
      return damageWords(zst, finding.damage, words);
    case 'raw digest':
      return words.t(
        '{0} does not decompress to the raw image that its .img.sha256 names: files of two builds are mixed',
        zst,
      );
    case 'no partition table':
      return words.t('{0} holds no disk image: there is no partition table in it', zst);
    case 'raw size':
      return words.t('the image in {0} ends before its last partition does', zst);
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
      return notSaidWords(finding.what, words);
  }
}

function damageWords(zst: string, { problem, at }: ZstdDamage, words: Words): string {
  switch (problem) {
    case 'not zstd':
      return words.t('{0} is no zstd file', zst);
    case 'truncated':
      return words.t('{0} is cut off at byte {1}, in the middle of a zstd frame', zst, at);
    case 'corrupt':
      return words.t('{0} is corrupt: its zstd frame at byte {1} can not be decompressed', zst, at);
    case 'window too large':
      return words.t(
        "{0} needs more than the 128 MiB of memory that a board's zstdcat takes; compress it without --long",
        zst,
      );
    case 'trailing bytes':
      return words.t('{0} has bytes behind its last zstd frame, from byte {1} on', zst, at);
  }
}

/** What could not be checked, in the user's language, as one clause. */
export function gapWords(gap: Gap, words: Words): string {
  switch (gap.kind) {
    case 'no raw digest':
      return words.t('the .img.sha256 has no line for the raw image');
    case 'not looked inside':
      return words.t('there was no room in the temporary folder for a look inside');
    case 'no board.conf':
      return words.t('build ID, box and board inside are not known: {0}', contentsWords(gap.fault, words));
  }
}

function contentsWords(fault: ContentsFault, words: Words): string {
  switch (fault) {
    case 'no partition table':
      return words.t('it has no partition table');
    case 'no boot partition':
      return words.t('its first partition is no FAT file system');
    case 'no initramfs':
      return words.t('no initramfs can be read from its boot partition');
    case 'no U-Boot image':
      return words.t('its initramfs has no U-Boot header');
    case 'unreadable':
      return words.t('its initramfs can not be unpacked');
    case 'no board.conf':
      return words.t('its initramfs has no board.conf');
  }
}

function notSaidWords(what: Extract<Finding, { kind: 'not said' }>['what'], words: Words): string {
  switch (what) {
    case 'build ID':
      return words.t('its board.conf says no build ID: a board would flash it again at every boot');
    case 'box':
      return words.t('its board.conf says no box: a board that runs it can not ask for updates');
    case 'board':
      return words.t('its board.conf says no board: a board that runs it can not ask for updates');
  }
}
