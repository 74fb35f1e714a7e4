import { TERMS, type Term, type TermKind } from '../../boxbuild/vocabulary.ts';
import type { Words } from '../words/words.ts';

/** What a name means in a BOXBUILD, in the user's language. */
export function termWords(term: Term, words: Words): string {
  switch (term) {
    case 'name':
      return words.t(
        'The name of the box. Images are named after it and the board; without it, they are called box-linux.',
      );
    case 'apks':
      return words.t(
        'Alpine packages for the root file system, an array. Add to it with apks+=(…) to keep those of the extended BOXBUILD.',
      );
    case 'initramfs_apks':
      return words.t(
        'Alpine packages for the initramfs, an array: what a board has at hand while it looks for updates.',
      );
    case 'update_server_http':
      return words.t(
        'The address of the update server that boards with this image ask. BOX_UPDATE_SERVER_HTTP overrides it for a build.',
      );
    case 'domain':
      return words.t(
        'The domain in which boards look up DNS TXT records named after their MAC address. BOX_DOMAIN overrides it for a build.',
      );
    case 'use_force_update_dns':
      return words.t('Whether DNS TXT records can point a board to another image or server; true unless set to false.');
    case 'use_force_update_config':
      return words.t(
        'Whether update.txt on the boot partition can point a board to another image or server; true unless set to false. It takes precedence over DNS.',
      );
    case 'arch':
      return words.t(
        'The processor architecture of the board, in the words of Alpine, as in aarch64 or armv7. Required.',
      );
    case 'first_sector':
      return words.t(
        'The sector of 512 bytes at which the boot partition begins; the boot loader lies before it. Required.',
      );
    case 'boot_size':
      return words.t('The size of the boot partition, as in 128M. Required.');
    case 'root_size':
      return words.t('The size of the root partition, as in 90M. Required; boxes add to it with inc_root_size.');
    case 'storage_dev':
      return words.t('The device that the board runs from and writes updates to.');
    case 'external_storage_dev':
      return words.t(
        'A device, such as a memory card, that is copied over storage_dev at every boot at which it is present.',
      );
    case 'build':
      return words.t(
        'Builds what the image needs, before anything is installed; runs as the user who called mkbox. Runs after those of the extended BOXBUILDs.',
      );
    case 'root':
      return words.t(
        'Fills the root file system in $DEST, after the packages in apks are installed. Runs after those of the extended BOXBUILDs.',
      );
    case 'initramfs':
      return words.t(
        'Fills the initramfs in $DEST, after the packages in initramfs_apks are installed. Runs after those of the extended BOXBUILDs.',
      );
    case 'flush':
      return words.t(
        "Writes the boot loader to $DEV; $SRC is the board's output folder. Belongs in a board's BOXBUILD: one in a box replaces it.",
      );
    case 'SRC':
      return words.t("The folder of this BOXBUILD; in flush(), the board's output folder.");
    case 'DEST':
      return words.t(
        'The folder that becomes the file system: of the image in root(), of the initramfs in initramfs().',
      );
    case 'DEV':
      return words.t('The loop device with the image, in flush().');
    case 'BOARD':
      return words.t('The board that the image is built for, as given to mkbox.');
    case 'ARCH':
      return words.t("The board's architecture: the value of arch.");
    case 'BOXES_BASE':
      return words.t('The folder with all boxes.');
    case 'BOARDS_BASE':
      return words.t('The folder with all boards.');
    case 'extend':
      return words.t(
        'Builds on another BOXBUILD: takes over its directives, and runs its functions before the ones here. Comes first in the file.',
      );
    case 'inc_root_size':
      return words.t('Makes the root partition larger by a size, as in 250M.');
    case 'enable_service':
      return words.t('Starts an OpenRC service in a runlevel: sysinit, boot, default or shutdown.');
    case 'disable_service':
      return words.t('Takes an OpenRC service out of a runlevel.');
    case 'apk':
      return words.t('Installs further packages into the folder in $ROOT.');
  }
}

/** What kind of name it is, in the user's language. */
export function termKindWords(term: Term, words: Words): string {
  const kind: TermKind = TERMS[term];
  switch (kind) {
    case 'directive':
      return words.t('directive');
    case 'board directive':
      return words.t("directive of a board's BOXBUILD");
    case 'function':
      return words.t('function that mkbox calls');
    case 'variable':
      return words.t('variable set by mkbox');
    case 'helper':
      return words.t('command of mkbox');
  }
}

/** Where mkbox documents it. */
export function termSource(term: Term): string {
  return term === 'BOARD' || term === 'BOXES_BASE' || term === 'BOARDS_BASE' ? 'mkbox(1)' : 'BOXBUILD(8)';
}
