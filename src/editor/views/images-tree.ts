import path from 'node:path';
import * as vscode from 'vscode';
import type { KeptBuild } from '../../builds/kept-build.ts';
import { byName } from '../../by-name.ts';
import type { CatalogBox, CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import { type ImageParts, splitImageName } from '../../images/image-parts.ts';
import type { LateBuilds } from '../build/late-builds.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import type { Boards } from '../serving/boards.ts';
import type { SeenBuild } from '../words/earlier-words.ts';
import { type Checks, checkOf } from '../words/image-health.ts';
import { nameBelowBoard, unreadableWords } from '../words/image-words.ts';
import { knownParts } from '../words/known-parts.ts';
import type { Project } from '../workspace/project.ts';
import { boardImagesItem, boxItem, type ImagesNode } from './image-rows.ts';

/** What the rows of boxes and images are found in. */
export interface ImagesTree {
  readonly project: Project;
  readonly building: LateBuilds;
  readonly checks: Checks;
}

/** The row of an image, packed or not, or of one that can be built. */
type ImageRow = Extract<ImagesNode, { kind: 'image' | 'unpacked' | 'possible' }>;

type BoardImages = Extract<ImagesNode, { kind: 'board images' }>;

/** A row that images stand below. */
type Group = Extract<ImagesNode, { kind: 'box' }> | BoardImages;

/** The boxes that have images, or can be built, and what is not looked into. */
export function boxRows(tree: ImagesTree): ImagesNode[] {
  const { project } = tree;
  const { boxes, links, loose } = project.snapshot;
  // without any image folder, the view's welcome tells of it
  const wrongPaths = project.folders.length === 0 ? [] : project.wrongPaths;
  const shown = boxes.filter((box) => project.hasBoxbuild(box) || imagesIn(box, tree).length > 0);
  return [
    ...wrongPaths.map((wrong) => ({ kind: 'wrong path', ...wrong }) as const),
    ...shown.map((box) => ({ kind: 'box', box }) as const),
    ...[...loose, ...links].map((skipped) => ({ kind: 'skipped', skipped }) as const),
  ];
}

/** More images of a box than these are shown by their boards: names that begin alike are cut where they differ. */
const MOST_IN_A_LIST = 12;

/** The images in a box's folder, packed or not, and those that can be built, by their names. */
export function imageRows(box: CatalogBox, tree: ImagesTree): ImageRow[] {
  return imagesIn(box, tree).sort((a, b) => byName(a.image.image, b.image.image));
}

function imagesIn(box: CatalogBox, { project, building }: ImagesTree): ImageRow[] {
  const { images, shadowed, unpacked } = project.snapshot;
  const isIn = ({ folder }: CatalogImage | UnpackedImage) => folder === box.path;
  return [
    ...[...images, ...shadowed].filter(isIn).map((image) => ({ kind: 'image', image }) as const),
    ...unpacked.filter(isIn).map((image) => ({ kind: 'unpacked', image }) as const),
    ...(building.current?.possibleIn(box) ?? []).map((image) => ({ kind: 'possible', image }) as const),
  ];
}

/** What stands below a box, or below one of its boards. */
export function rowsBelow(node: Group, tree: ImagesTree): ImagesNode[] {
  if (node.kind === 'board images') return rowsOfBoard(node, tree);
  const { box } = node;
  return [...rowsInBox(box, tree), ...(tree.project.hasBoxbuild(box) ? [{ kind: 'recipe', box } as const] : [])];
}

/** The images of a box; where there are many, the boards they are for, and what is for none of these. */
function rowsInBox(box: CatalogBox, tree: ImagesTree): ImagesNode[] {
  const rows = imageRows(box, tree);
  if (!isByBoard(box.path, tree)) return rows;
  const boards = new Set(rows.map((row) => partsBelowBoard(row, tree)?.board).filter((board) => board !== undefined));
  return [
    ...[...boards].sort(byName).map((board) => ({ kind: 'board images', box, board }) as const),
    ...rows.filter((row) => partsBelowBoard(row, tree) === undefined),
  ];
}

function rowsOfBoard({ box, board }: BoardImages, tree: ImagesTree): ImageRow[] {
  return imageRows(box, tree).filter((row) => partsBelowBoard(row, tree)?.board === board);
}

/** The row above an image's, or a board's. */
export function rowAbove(
  row: ImagesNode & { kind: 'image' | 'board images' },
  tree: ImagesTree,
): ImagesNode | undefined {
  if (row.kind === 'board images') return { kind: 'box', box: row.box };
  const box = tree.project.snapshot.boxes.find(({ path: folder }) => folder === row.image.folder);
  const parts = partsBelowBoard(row, tree);
  if (box === undefined || parts === undefined) return box && { kind: 'box', box };
  return { kind: 'board images', box, board: parts.board };
}

/** All that decides what a box's row shows, and which rows stand below it: other places, maybe, once one was examined. */
export function lookOfBox(box: CatalogBox, tree: ImagesTree): unknown {
  const { project } = tree;
  const unreadable = project.snapshot.unreadable.find(({ path: folder }) => folder === box.path);
  const byBoard = isByBoard(box.path, tree);
  const rows = imageRows(box, tree).map((row) => [
    row.kind,
    row.image.image,
    byBoard && partsOf(row, path.basename(box.path), tree),
  ]);
  return [project.hasBoxbuild(box), unreadable, rows];
}

/** The parts of the name of a raw image without a set. */
export function unpackedParts({ image, box }: UnpackedImage, { project }: Pick<ImagesTree, 'project'>) {
  return splitImageName(image, box, project.boards);
}

/** `item`, the row of an image, with the name that it has below its board, if it stands there. */
export function namedInTree(item: vscode.TreeItem, row: ImageRow, tree: ImagesTree): vscode.TreeItem {
  const parts = partsBelowBoard(row, tree);
  if (parts !== undefined) item.label = nameBelowBoard(parts);
  return item;
}

/** The parts of an image that is shown below its board; undefined for one that stands in its box's list. */
function partsBelowBoard(row: ImageRow, tree: ImagesTree): ImageParts | undefined {
  const { folder } = row.image;
  if (!isByBoard(folder, tree)) return undefined;
  const box = path.basename(folder);
  const parts = partsOf(row, box, tree);
  return parts?.box === box ? parts : undefined;
}

function partsOf(row: ImageRow, box: string, { project, checks }: ImagesTree): ImageParts | undefined {
  switch (row.kind) {
    case 'image':
      return knownParts(row.image, checkOf(row.image, checks)?.examination, project.boards);
    case 'unpacked':
      return unpackedParts(row.image, { project });
    case 'possible':
      return splitImageName(row.image.image, box, [row.image.board]);
  }
}

function isByBoard(folder: string, { project }: ImagesTree): boolean {
  const { images, shadowed, unpacked } = project.snapshot;
  return [...images, ...shadowed, ...unpacked].filter((image) => image.folder === folder).length > MOST_IN_A_LIST;
}

/** What is shown of a kept build now. */
export function seenBuild(
  build: KeptBuild,
  {
    project,
    boards,
    builds,
  }: Pick<ImagesTree, 'project'> & { readonly boards: Boards; readonly builds: EarlierBuilds },
): SeenBuild {
  const image = project.snapshot.byId.get(build.id);
  const served = image && builds.published(image).inPlaceOf;
  return {
    build,
    isServed: served?.choice.build === build.buildId,
    boards: boards.list.filter(({ reportedBuild }) => reportedBuild === build.buildId).length,
  };
}

/** The row of a box, or of a kind of board in it. */
export function groupItemOf(node: Group, tree: ImagesTree): vscode.TreeItem {
  if (node.kind === 'box') return boxItemOf(node.box, tree);
  return boardImagesItem(node.box, node.board, rowsOfBoard(node, tree).length);
}

/** The row of a box, with where it is if there are several folders of boxes. */
function boxItemOf(box: CatalogBox, tree: ImagesTree): vscode.TreeItem {
  const { project } = tree;
  const isExample = project.folders.some(({ examples }) => examples === path.dirname(box.path));
  const isOneOfMany = project.folders.length > 1 || isExample;
  const where = isOneOfMany ? vscode.workspace.asRelativePath(box.path) : undefined;
  const unreadable = project.snapshot.unreadable.find(({ path: folder }) => folder === box.path);
  const notes = [where, unreadable && unreadableWords(unreadable, vscode.l10n)].filter((note) => note !== undefined);
  const built = imageRows(box, tree).filter(({ kind }) => kind !== 'possible').length;
  return boxItem(box, built, project.hasBoxbuild(box), notes);
}
