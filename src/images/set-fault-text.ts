import { ENGLISH, type Words } from '../words.ts';
import type { ChecksumsFault } from './checksums.ts';
import type { SetFault } from './set-fault.ts';

/** That a set can't be served yet, or not at all, because of a fault. `reason`: the fault's text. */
export function incompleteText(reason: string, words: Words = ENGLISH): string {
  return words.t('building or incomplete: {0}', reason);
}

/** The fault as one clause: the file, what is wrong, and what to do about it if that is known. */
export function faultText(fault: SetFault, words: Words = ENGLISH): string {
  const { file } = fault;
  switch (fault.problem) {
    case 'missing':
      return words.t('{0} is missing', file);
    case 'empty':
      return words.t('{0} is empty', file);
    case 'link':
      return words.t('{0} is a symbolic link; put the file itself there', file);
    case 'not a file':
      return words.t('{0} is not a regular file', file);
    case 'outside':
      return words.t('{0} lies outside the image folder', file);
    case 'forbidden':
      return words.t('{0} cannot be read; check its permissions', file);
    case 'unreadable':
      return words.t('{0} cannot be read; check the disk it is on', file);
    case 'being written':
      return words.t('{0} is being written', file);
    case 'too large':
      return words.t('{0} is far larger than such a file can be', file);
    case 'no checksum':
      return checksumsText(file, fault.checksums, words);
    case 'no build ID':
      return words.t('{0} does not begin with 64 hexadecimal digits', file);
  }
}

/** Which line of a `.img.sha256` is wrong, how, and the remedy. */
function checksumsText(file: string, fault: ChecksumsFault, words: Words): string {
  switch (fault.kind) {
    case 'no line':
      return words.t("{0} has no line for {1}: run sha256sum on both files, in the image's folder", file, fault.name);
    case 'UTF-16':
      return words.t('{0} is in UTF-16, as PowerShell writes it: save it as ASCII or UTF-8', file);
    case 'byte order mark':
      return words.t(
        '{0}, line {1}: a byte order mark stands before the digest: save it without one',
        file,
        fault.line,
      );
    case 'Windows line end':
      return words.t(
        '{0}, line {1}: Windows line end, which boards take as part of the file name: save it with Unix line ends',
        file,
        fault.line,
      );
    case 'BSD form':
      return words.t(
        '{0}, line {1}: BSD-style line, which boards do not read: run sha256sum without --tag',
        file,
        fault.line,
      );
    case 'capitals':
      return words.t('{0}, line {1}: the digest has capital letters: boards take small ones only', file, fault.line);
    case 'form':
      return words.t(
        '{0}, line {1}: boards read a digest, two spaces and the file name, and nothing before, between or behind them',
        file,
        fault.line,
      );
    case 'digest':
      return words.t(
        '{0}, line {1}: the digest has {2} digits, and SHA-256 has 64: run sha256sum',
        file,
        fault.line,
        fault.digits,
      );
    case 'folder':
      return words.t("{0}, line {1} names {2}: run sha256sum in the image's folder", file, fault.line, fault.name);
    case 'other name':
      return words.t(
        '{0}, line {1} names {2}, which boards would check, too, and do not have: this file may name {3} only',
        file,
        fault.line,
        fault.name,
        fault.expected,
      );
    case 'two digests':
      return words.t('{0}, line {1}: another digest than in a line before: keep the right one', file, fault.line);
    case 'no checksum':
      return words.t(
        '{0}, line {1}: no checksum, and boards check each line in which .img.zst stands: remove it',
        file,
        fault.line,
      );
  }
}
