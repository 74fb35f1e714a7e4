import type { Difference, FileChange, LineChange, PackageChange } from '../../contents/inventory-difference.ts';
import { unexpectedOf } from '../../contents/inventory-difference.ts';
import type { TreeName } from '../inside/inside-node.ts';
import type { ChangeGroup, Counts } from '../words/change-words.ts';

/** A row of the view of changes. */
export type ChangesNode =
  | {
      readonly kind: 'change group';
      readonly group: ChangeGroup;
      readonly counts: Counts;
      readonly children: readonly ChangesNode[];
    }
  | { readonly kind: 'package change'; readonly change: PackageChange }
  | { readonly kind: 'line change'; readonly index: number; readonly change: LineChange }
  /** A folder with changes below it. */
  | {
      readonly kind: 'change folder';
      readonly tree: TreeName;
      readonly path: string;
      /** Of folders with only one in it: all their names. */
      readonly name: string;
      readonly counts: Counts;
      /** What changed of the folder itself. */
      readonly own?: FileChange;
      readonly children: readonly ChangesNode[];
    }
  | { readonly kind: 'file change'; readonly tree: TreeName; readonly name: string; readonly change: FileChange };

/** The rows of a difference, a group for each kind of change that there is. */
export function changeGroups(difference: Difference, showsExpected: boolean): ChangesNode[] {
  const { packages, boardConf, files, initramfs } = unexpectedOf(difference);
  const groups = [
    groupOf(
      'packages',
      packages,
      packages.map((change) => ({ kind: 'package change', change })),
    ),
    groupOf('boardConf', boardConf, lineNodes(boardConf)),
    groupOf('files', files, fileNodes('files', files)),
    groupOf('initramfs', initramfs, fileNodes('initramfs', initramfs)),
    ...(showsExpected ? [expectedGroup(difference)] : []),
  ];
  return groups.filter((group) => group !== undefined);
}

function expectedGroup({ boardConf, files, initramfs }: Difference): ChangesNode | undefined {
  const isExpected = (change: { readonly isExpected: boolean }) => change.isExpected;
  const [lines, root, early] = [boardConf.filter(isExpected), files.filter(isExpected), initramfs.filter(isExpected)];
  const flat = (tree: TreeName, changes: readonly FileChange[]) =>
    changes.map((change) => ({ kind: 'file change', tree, name: change.path, change }) as const);
  return groupOf(
    'expected',
    [...lines, ...root, ...early],
    [...lineNodes(lines), ...flat('files', root), ...flat('initramfs', early)],
  );
}

function groupOf(
  group: ChangeGroup,
  changes: readonly Counted[],
  children: readonly ChangesNode[],
): ChangesNode | undefined {
  return changes.length === 0 ? undefined : { kind: 'change group', group, counts: countsOf(changes), children };
}

function lineNodes(lines: readonly LineChange[]): ChangesNode[] {
  return lines.map((change, index) => ({ kind: 'line change', index, change }));
}

interface Counted {
  readonly kind: PackageChange['kind'] | FileChange['kind'];
  readonly bytes?: number;
}

function countsOf(changes: readonly Counted[]): Counts {
  const count = (...kinds: Counted['kind'][]) => changes.filter(({ kind }) => kinds.includes(kind)).length;
  return {
    added: count('added'),
    removed: count('removed'),
    changed: count('changed', 'updated'),
    bytes: changes.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
  };
}

/** A name in a tree of changes. */
interface Branch {
  own?: FileChange;
  readonly children: Map<string, Branch>;
}

function fileNodes(tree: TreeName, changes: readonly FileChange[]): ChangesNode[] {
  const root: Branch = { children: new Map() };
  for (const change of changes) {
    let branch = root;
    for (const name of change.path.split('/').filter((part) => part !== '')) {
      const child = branch.children.get(name) ?? { children: new Map() };
      branch.children.set(name, child);
      branch = child;
    }
    branch.own = change;
  }
  const below = childNodes(tree, '', root);
  return root.own === undefined ? below : [{ kind: 'file change', tree, name: '/', change: root.own }, ...below];
}

/** Folders first. */
function childNodes(tree: TreeName, path: string, { children }: Branch): ChangesNode[] {
  const names = [...children].sort(([a], [b]) => (a < b ? -1 : 1));
  const nodes = names.map(([name, branch]) => branchNode(tree, path, name, branch));
  const isFolder = ({ kind }: ChangesNode) => kind === 'change folder';
  return [...nodes.filter(isFolder), ...nodes.filter((node) => !isFolder(node))];
}

function branchNode(tree: TreeName, parent: string, name: string, branch: Branch): ChangesNode {
  const path = `${parent}/${name}`;
  const { own, children } = branch;
  if (children.size === 0 && own !== undefined) return { kind: 'file change', tree, name, change: own };
  const [only] = children;
  if (own === undefined && children.size === 1 && only !== undefined && only[1].children.size > 0) {
    return renamed(branchNode(tree, path, ...only), name);
  }
  const counts = countsOf([...changesIn(branch)]);
  return {
    kind: 'change folder',
    tree,
    path,
    name,
    counts,
    ...(own && { own }),
    children: childNodes(tree, path, branch),
  };
}

function renamed(node: ChangesNode, parent: string): ChangesNode {
  return 'name' in node ? { ...node, name: `${parent}/${node.name}` } : node;
}

function* changesIn({ own, children }: Branch): Generator<FileChange> {
  if (own !== undefined) yield own;
  for (const child of children.values()) yield* changesIn(child);
}
