import type { Fault } from '../../boxbuild/findings.ts';
import type { Words } from '../words/words.ts';

/** What is wrong in a BOXBUILD, in the user's language, as a sentence. */
export function faultWords(fault: Fault, words: Words): string {
  switch (fault.kind) {
    case 'CRLF':
      return words.t(
        'This file has Windows line ends (CRLF): bash takes the carriage returns for parts of names and values. Save it with LF.',
      );
    case 'extend leads nowhere':
      return `${words.t('There is no file {0}: mkbox stops here.', fault.target)}${boardsText(fault.boards, words)}`;
    case 'extend is not first':
      return words.t('"extend" should come first: what it extends can override the directives and functions above it.');
    case 'not set':
      return `${words.t('"{0}" is not set, here or in what this extends: mkbox stops.', fault.directive)}${boardsText(fault.boards, words)}`;
    case 'no size':
      return fault.isUnit
        ? words.t('mkbox can\'t read the size "{0}": units are single letters, as in 128M or 2G.', fault.value)
        : words.t('"{0}" is not a size: mkbox takes a number with a unit, as in 128M or 2G.', fault.value);
    case 'boot size without unit':
      return words.t('Without a unit, boot_size is bytes to mkbox but sectors to sfdisk: write it as in 128M.');
    case 'no sector':
      return words.t(
        '"{0}" is not a sector number: first_sector counts sectors of 512 bytes, as in 2048.',
        fault.value,
      );
    case 'flush in a box':
      return words.t(
        "This replaces the board's flush(): its boot loader is not written, and boards may not boot the image.",
      );
    case 'flash':
      return words.t('mkbox never calls flash(): it calls flush(), although its manual says otherwise.');
    case 'drops inherited':
      return words.t('This drops the packages inherited by extend: write {0}+=(…) to add to them.', fault.directive);
    case 'no array':
      return words.t('{0} is an array: write {0}+=(…).', fault.directive);
    case 'twice':
      return words.t('The package {0} is already in this list.', fault.name);
    case 'inherited':
      return words.t('{0} already installs the package {1}.', fault.from, fault.name);
    case 'no runlevel':
      return words.t('{0} needs a service and a runlevel, as in "sshd" "default".', fault.helper);
    case 'unknown service':
      return words.t(
        'No root/etc/init.d folder has the service {0}, and none of the packages seems to bring it.',
        fault.service,
      );
  }
}

function boardsText(boards: readonly string[], words: Words): string {
  return boards.length === 0 ? '' : ` ${words.t('Boards: {0}', boards.join(', '))}`;
}
