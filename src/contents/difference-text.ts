import { printable } from '../printable.ts';
import { octalMode } from './file-mode.ts';
import type { InventoryFile } from './inventory.ts';
import type { Difference, FileAspect, FileChange, LineChange, PackageChange } from './inventory-difference.ts';

const MARKS = { added: '+', removed: '-', changed: '~', updated: '~' } as const;

/** A difference in lines of English: a heading for each kind of thing that differs, and a line for each that does. */
export function differenceText({ packages, boardConf, files, initramfs }: Difference): string[] {
  return [
    ...section('packages', packages, packageText),
    ...section('board.conf', boardConf, ({ line }: LineChange) => line),
    ...section('files', files, fileText),
    ...section('initramfs', initramfs, fileText),
  ];
}

/** How many things differ. */
export function differenceCount({ packages, boardConf, files, initramfs }: Difference): number {
  return packages.length + boardConf.length + files.length + initramfs.length;
}

function section<T extends { readonly kind: keyof typeof MARKS; readonly bytes?: number }>(
  name: string,
  changes: readonly T[],
  textOf: (change: T) => string,
): string[] {
  if (changes.length === 0) return [];
  const bytes = changes.reduce((sum, change) => sum + (change.bytes ?? 0), 0);
  const heading = bytes === 0 ? name : `${name} (${bytesText(bytes)})`;
  return [`${heading}:`, ...changes.map((change) => `  ${MARKS[change.kind]} ${printable(textOf(change))}`)];
}

function packageText({ name, bytes, before, after }: PackageChange): string {
  const versions = [before?.version, after?.version].filter((version) => version !== undefined);
  return `${name} ${versions.join(' -> ')}${sizeText(bytes)}`;
}

function fileText({ path, changes, bytes, before, after }: FileChange): string {
  const said =
    before !== undefined && after !== undefined ? [...changes].map((aspect) => aspectText(aspect, before, after)) : [];
  return `${path}${said.length === 0 ? '' : `: ${said.join(', ')}`}${sizeText(bytes)}`;
}

function aspectText(aspect: FileAspect, before: InventoryFile, after: InventoryFile): string {
  switch (aspect) {
    case 'mode':
      return `mode ${octalMode(before.mode)} -> ${octalMode(after.mode)}`;
    case 'owner':
      return `owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`;
    case 'type':
      return `${before.type} -> ${after.type}`;
    case 'target':
      return `target ${before.target} -> ${after.target}`;
    case 'content':
    case 'attributes':
      return aspect;
  }
}

function sizeText(bytes: number): string {
  return bytes === 0 ? '' : ` (${bytesText(bytes)})`;
}

function bytesText(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${bytes} bytes`;
}
