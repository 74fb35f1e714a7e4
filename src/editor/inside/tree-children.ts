import * as vscode from 'vscode';
import { type TreeFile, treeFaultText, type UnreadableFile } from '../../contents/file-tree.ts';
import { packagesFaultText, readPackages } from '../../contents/packages.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { TreeName } from './file-uri.ts';
import type { OpenImages } from './open-images.ts';
import { type InsideNode, idOf } from './tree-rows.ts';

/** The rows below one of what is inside an image. What can't be read is a row, too, that says why. */
export async function childrenOf(node: InsideNode, images: OpenImages): Promise<InsideNode[]> {
  switch (node.kind) {
    case 'unreadable':
    case 'package':
      return [];
    case 'packages':
      return orReason(node.image, '\0packages', () => packagesOf(node.image, images));
    case 'tree':
      return orReason(node.image, node.tree, () => folderOf(node.image, node.tree, '', images));
    case 'file':
      return orReason(node.image, node.tree + node.path, () => folderOf(node.image, node.tree, node.path, images));
  }
}

async function packagesOf(image: CatalogImage, images: OpenImages): Promise<InsideNode[]> {
  const found = await images.look(image, 'files', readPackages);
  if ('kind' in found) throw new UserError(packagesFaultText(found, vscode.l10n));
  return found.map((installed) => ({ kind: 'package', image, installed }));
}

async function folderOf(
  image: CatalogImage,
  tree: TreeName,
  folder: string,
  images: OpenImages,
): Promise<InsideNode[]> {
  const found = await images.look(image, tree, (files) => files.list(`${folder}/`));
  if ('kind' in found) throw new UserError(treeFaultText(folder, found, vscode.l10n));
  return found.map((file) => nodeOf(image, tree, `${folder}/${file.name}`, file));
}

/** The rows, or one that says why there are none. */
async function orReason(
  { folder, image }: CatalogImage,
  where: string,
  rows: () => Promise<InsideNode[]>,
): Promise<InsideNode[]> {
  try {
    return await rows();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const id = `${folder}/${image}\0${where}\0unreadable`;
    return [{ kind: 'unreadable', id, name: vscode.l10n.t("can't be shown"), reason: error.message }];
  }
}

function nodeOf(image: CatalogImage, tree: TreeName, path: string, file: TreeFile | UnreadableFile): InsideNode {
  return 'status' in file
    ? { kind: 'file', image, tree, path, file }
    : { kind: 'unreadable', id: idOf(image, tree, path), name: file.name, reason: file.reason };
}
