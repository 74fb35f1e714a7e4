import { differenceCount, differenceText } from '../contents/difference-text.ts';
import { octalMode } from '../contents/file-mode.ts';
import type { Inventory, InventoryFile } from '../contents/inventory.ts';
import { type Difference, type FileChange, unexpectedOf } from '../contents/inventory-difference.ts';

/** A difference for people, a line each, without what is expected unless `all` is asked for: how much was left out is told. */
export function differenceLines(whole: Difference, all: boolean): string[] {
  const shown = all ? whole : unexpectedOf(whole);
  const left = differenceCount(whole) - differenceCount(shown);
  return [...differenceText(shown), ...(left === 0 ? [] : [`${left} more, as in every build; --all shows them`])];
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

function fileObject({ kind, path, changes, bytes, isExpected, before, after }: FileChange): object {
  return { kind, path, changes: [...changes], bytes, isExpected, before: factsOf(before), after: factsOf(after) };
}

/** Its path is told already. */
function factsOf(file: InventoryFile | undefined): object | undefined {
  if (file === undefined) return undefined;
  const { path: _, mode, ...facts } = file;
  return { ...facts, mode: octalMode(mode) };
}
