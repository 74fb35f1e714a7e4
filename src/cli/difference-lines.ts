import type { Inventory, InventoryFile } from '../contents/inventory.ts';
import {
  type Difference,
  type FileAspect,
  type FileChange,
  type LineChange,
  type PackageChange,
  unexpectedOf,
} from '../contents/inventory-difference.ts';
import { printable } from '../printable.ts';

const MARKS = { added: '+', removed: '-', changed: '~', updated: '~' } as const;

/** A difference for people, a line each, without what is expected unless `all` is asked for: how much was left out is told. */
export function differenceLines(whole: Difference, all: boolean): string[] {
  const shown = all ? whole : unexpectedOf(whole);
  const left = countOf(whole) - countOf(shown);
  return [
    ...section('packages', shown.packages, packageText),
    ...section('board.conf', shown.boardConf, ({ line }: LineChange) => line),
    ...section('files', shown.files, fileText),
    ...section('initramfs', shown.initramfs, fileText),
    ...(left === 0 ? [] : [`${left} more, as in every build; --all shows them`]),
  ];
}

/** A difference for programs. */
export function differenceObject(before: Inventory, after: Inventory, difference: Difference): object {
  return {
    before: { image: before.image, buildId: before.buildId },
    after: { image: after.image, buildId: after.buildId },
    packages: difference.packages.map(({ kind, name, bytes, before, after }) => ({
      kind,
      name,
      before: before?.version,
      after: after?.version,
      bytes,
    })),
    boardConf: difference.boardConf,
    files: difference.files.map(fileObject),
    initramfs: difference.initramfs.map(fileObject),
  };
}

function countOf({ packages, boardConf, files, initramfs }: Difference): number {
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
      return `mode ${octal(before.mode)} -> ${octal(after.mode)}`;
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

function fileObject({ kind, path, changes, bytes, isExpected, before, after }: FileChange): object {
  return { kind, path, changes: [...changes], bytes, isExpected, before: factsOf(before), after: factsOf(after) };
}

/** Its path is told already. */
function factsOf(file: InventoryFile | undefined): object | undefined {
  if (file === undefined) return undefined;
  const { path: _, mode, ...facts } = file;
  return { ...facts, mode: octal(mode) };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function sizeText(bytes: number): string {
  return bytes === 0 ? '' : ` (${bytesText(bytes)})`;
}

function bytesText(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${bytes} bytes`;
}
