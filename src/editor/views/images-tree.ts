import path from 'node:path';
import * as vscode from 'vscode';
import type { KeptBuild } from '../../builds/kept-build.ts';
import type { CatalogBox, CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import type { LateBuilds } from '../build/late-builds.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import type { EarlierNode } from '../earlier/earlier-node.ts';
import type { Boards } from '../serving/boards.ts';
import { unreadableWords } from '../words/image-words.ts';
import type { Project } from '../workspace/project.ts';
import { boxItem, type ImagesNode } from './image-rows.ts';

/** What the rows of boxes and images are found in. */
export interface ImagesTree {
  readonly project: Project;
  readonly building: LateBuilds;
}

/** The boxes that have images, or can be built, and the links that are not followed. */
export function boxRows(tree: ImagesTree): ImagesNode[] {
  const { project } = tree;
  const { boxes, links } = project.snapshot;
  const shown = boxes.filter((box) => imageRows(box, tree).length > 0 || project.hasBoxbuild(box));
  return [
    ...shown.map((box) => ({ kind: 'box', box }) as const),
    ...links.map((link) => ({ kind: 'link', link }) as const),
  ];
}

/** The images in a box's folder, packed or not, and those that can be built, by their names. */
export function imageRows(box: CatalogBox, { project, building }: ImagesTree): ImagesNode[] {
  const { images, shadowed, unpacked } = project.snapshot;
  const isIn = ({ folder }: CatalogImage | UnpackedImage) => folder === box.path;
  const rows = [
    ...[...images, ...shadowed].filter(isIn).map((image) => ({ kind: 'image', image }) as const),
    ...unpacked.filter(isIn).map((image) => ({ kind: 'unpacked', image }) as const),
    ...(building.current?.possibleIn(box) ?? []).map((image) => ({ kind: 'possible', image }) as const),
  ];
  return rows.sort((a, b) => (a.image.image < b.image.image ? -1 : 1));
}

/** The row of a kept build, with how many boards run it. */
export function keptBuildRow(
  build: KeptBuild,
  {
    project,
    boards,
    builds,
  }: Pick<ImagesTree, 'project'> & { readonly boards: Boards; readonly builds: EarlierBuilds },
): EarlierNode {
  const image = project.snapshot.byId.get(build.id);
  const served = image && builds.published(image).inPlaceOf;
  return {
    kind: 'build',
    build,
    isServed: served?.choice.build === build.buildId,
    boards: boards.list.filter(({ reportedBuild }) => reportedBuild === build.buildId).length,
  };
}

/** The row of a box, with where it is if there are several folders of boxes. */
export function boxItemOf(box: CatalogBox, tree: ImagesTree): vscode.TreeItem {
  const { project } = tree;
  const isExample = project.folders.some(({ examples }) => examples === path.dirname(box.path));
  const isOneOfMany = project.folders.length > 1 || isExample;
  const where = isOneOfMany ? vscode.workspace.asRelativePath(box.path) : undefined;
  const unreadable = project.snapshot.unreadable.find(({ path: folder }) => folder === box.path);
  const notes = [where, unreadable && unreadableWords(unreadable, vscode.l10n)].filter((note) => note !== undefined);
  const built = imageRows(box, tree).filter(({ kind }) => kind !== 'possible').length;
  return boxItem(box, built, project.hasBoxbuild(box), notes);
}
