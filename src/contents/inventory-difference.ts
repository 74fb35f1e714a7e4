import { isExpectedContent, isExpectedFile, isExpectedLine, type TreeName } from './expected-changes.ts';
import type { Inventory, InventoryFile } from './inventory.ts';
import type { InstalledPackage } from './packages.ts';

/** What is different in another image. Times are not compared: every build has its own. */
export interface Difference {
  /** By name. */
  readonly packages: readonly PackageChange[];
  /** Of `board.conf`, in its order: first the lines that went, then those that came. */
  readonly boardConf: readonly LineChange[];
  /** By path. */
  readonly files: readonly FileChange[];
  readonly initramfs: readonly FileChange[];
}

/** Of a package, or of a file: there, gone, or another one. */
interface Change<T> {
  readonly before?: T;
  readonly after?: T;
}

/** `updated` is any other version, or another size with the same one. */
export interface PackageChange extends Change<InstalledPackage> {
  readonly kind: 'added' | 'removed' | 'updated';
  readonly name: string;
  /** What it adds, as apk counts it; below 0: what it frees. */
  readonly bytes: number;
}

export interface LineChange {
  readonly kind: 'added' | 'removed';
  readonly line: string;
  readonly isExpected: boolean;
}

/** What of a file may be different. */
export type FileAspect = 'content' | 'mode' | 'owner' | 'type' | 'target' | 'attributes';

export interface FileChange extends Change<InventoryFile> {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly path: string;
  /** Of a changed file: at least one. Of another type, what is in it is told no more. */
  readonly changes: ReadonlySet<FileAspect>;
  /** What it adds; below 0: what it frees. Each name of a file with several counts. */
  readonly bytes: number;
  /** Whether every build has that, and it says nothing about the image. */
  readonly isExpected: boolean;
}

/** What is different in `after`. */
export function compareInventories(before: Inventory, after: Inventory): Difference {
  return {
    packages: packageChanges(before.packages, after.packages),
    boardConf: lineChanges(before.boardConf, after.boardConf),
    files: fileChanges(before.files, after.files, 'root'),
    initramfs: fileChanges(before.initramfs, after.initramfs, 'initramfs'),
  };
}

/** A difference without what is expected; packages never are. */
export function unexpectedOf({ packages, boardConf, files, initramfs }: Difference): Difference {
  const isUnexpected = ({ isExpected }: { readonly isExpected: boolean }) => !isExpected;
  return {
    packages,
    boardConf: boardConf.filter(isUnexpected),
    files: files.filter(isUnexpected),
    initramfs: initramfs.filter(isUnexpected),
  };
}

/** Whether nothing is different. */
export function isNone({ packages, boardConf, files, initramfs }: Difference): boolean {
  return [packages, boardConf, files, initramfs].every(({ length }) => length === 0);
}

function packageChanges(before: readonly InstalledPackage[], after: readonly InstalledPackage[]): PackageChange[] {
  const changes: PackageChange[] = [];
  for (const { key: name, ...pair } of pairs(before, after, (installed) => installed.name)) {
    const { before, after } = pair;
    const bytes = (after?.bytes ?? 0) - (before?.bytes ?? 0);
    const isUpdated = before !== undefined && after !== undefined;
    if (isUpdated && before.version === after.version && bytes === 0) continue;
    changes.push({ kind: isUpdated ? 'updated' : after !== undefined ? 'added' : 'removed', name, bytes, ...pair });
  }
  return changes;
}

function fileChanges(before: readonly InventoryFile[], after: readonly InventoryFile[], tree: TreeName): FileChange[] {
  const changes: FileChange[] = [];
  for (const { key: path, ...pair } of pairs(before, after, (file) => file.path)) {
    const { before, after } = pair;
    const bytes = (after?.bytes ?? 0) - (before?.bytes ?? 0);
    if (before === undefined || after === undefined) {
      const kind = before === undefined ? 'added' : 'removed';
      changes.push({ kind, path, changes: new Set(), bytes, isExpected: isExpectedFile(tree, path), ...pair });
      continue;
    }
    const aspects = aspectsOf(before, after);
    if (aspects.size === 0) continue;
    const isExpected = aspects.size === 1 && aspects.has('content') && isExpectedContent(tree, path);
    changes.push({ kind: 'changed', path, changes: aspects, bytes, isExpected, ...pair });
  }
  return changes;
}

function aspectsOf(before: InventoryFile, after: InventoryFile): Set<FileAspect> {
  const aspects = new Set<FileAspect>();
  if (before.type !== after.type) aspects.add('type');
  else if (before.sha256 !== after.sha256 || before.bytes !== after.bytes || !isSameDevice(before, after))
    aspects.add('content');
  else if (before.target !== after.target) aspects.add('target');
  if (before.mode !== after.mode) aspects.add('mode');
  if (before.uid !== after.uid || before.gid !== after.gid) aspects.add('owner');
  if (JSON.stringify(before.attributes) !== JSON.stringify(after.attributes)) aspects.add('attributes');
  return aspects;
}

/** What a device stands for is its content. */
function isSameDevice({ device: one }: InventoryFile, { device: other }: InventoryFile): boolean {
  return one?.major === other?.major && one?.minor === other?.minor;
}

/** Lines have no names: those are the same that come equally often, wherever they stand. */
function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] {
  const changeOf = (kind: LineChange['kind']) => (line: string) => ({ kind, line, isExpected: isExpectedLine(line) });
  return [...without(before, after).map(changeOf('removed')), ...without(after, before).map(changeOf('added'))];
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count < 1;
  });
}

interface Pair<T> extends Change<T> {
  readonly key: string;
}

/** What is in both lists, or in one, by key. Both are sorted by it. */
function* pairs<T>(before: readonly T[], after: readonly T[], keyOf: (value: T) => string): Generator<Pair<T>> {
  let [b, a] = [0, 0];
  for (;;) {
    const [one, other] = [before[b], after[a]];
    if (one === undefined && other === undefined) return;
    const [oneKey, otherKey] = [one && keyOf(one), other && keyOf(other)];
    const takesOne = oneKey !== undefined && (otherKey === undefined || oneKey <= otherKey);
    const takesOther = otherKey !== undefined && (oneKey === undefined || otherKey <= oneKey);
    if (takesOne) b++;
    if (takesOther) a++;
    yield {
      key: (takesOne ? oneKey : otherKey) ?? '',
      ...(takesOne && one !== undefined && { before: one }),
      ...(takesOther && other !== undefined && { after: other }),
    };
  }
}
