import type { FileType } from './file-node.ts';

const TYPE_LETTERS: Readonly<Record<FileType, string>> = {
  file: '-',
  folder: 'd',
  link: 'l',
  'character device': 'c',
  'block device': 'b',
  fifo: 'p',
  socket: 's',
};

/** `0755`, as chmod(1) takes it. */
export function octalMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** `drwxr-xr-x`, as ls(1) has it. */
export function modeText(type: FileType, mode: number): string {
  const special = (bit: number, isExecutable: boolean, letter: string) =>
    (mode & bit) === 0 ? (isExecutable ? 'x' : '-') : isExecutable ? letter : letter.toUpperCase();
  const part = (shift: number, bit: number, letter: string) => {
    const bits = (mode >> shift) & 7;
    return `${(bits & 4) === 0 ? '-' : 'r'}${(bits & 2) === 0 ? '-' : 'w'}${special(bit, (bits & 1) !== 0, letter)}`;
  };
  return `${TYPE_LETTERS[type]}${part(6, 0o4000, 's')}${part(3, 0o2000, 's')}${part(0, 0o1000, 't')}`;
}
