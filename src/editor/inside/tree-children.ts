import * as vscode from 'vscode';
import type { TreeFile, UnreadableFile } from '../../contents/file-tree.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { TreeName } from './file-uri.ts';
import type { OpenImages } from './open-images.ts';
import { type InsideNode, idOf } from './tree-rows.ts';

/** The rows below one of what is inside an image. What can't be read is a row, too, that says why. */
export async function childrenOf(node: InsideNode, images: OpenImages): Promise<InsideNode[]> {
  if (node.kind === 'unreadable') return [];
  const { image, tree } = node;
  const folder = node.kind === 'tree' ? '' : node.path;
  try {
    const found = await images.look(image, tree, (files) => files.list(`${folder}/`));
    if ('kind' in found) return [];
    return found.map((file) => nodeOf(image, tree, `${folder}/${file.name}`, file));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const id = `${idOf(image, tree, folder)}\0`;
    return [{ kind: 'unreadable', id, name: vscode.l10n.t("can't be shown"), reason: error.message }];
  }
}

function nodeOf(image: CatalogImage, tree: TreeName, path: string, file: TreeFile | UnreadableFile): InsideNode {
  return 'status' in file
    ? { kind: 'file', image, tree, path, file }
    : { kind: 'unreadable', id: idOf(image, tree, path), name: file.name, reason: file.reason };
}
