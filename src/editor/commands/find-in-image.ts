import * as vscode from 'vscode';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { uriOf } from '../inside/file-uri.ts';
import type { InsideNode, TreeName } from '../inside/inside-node.ts';
import { type ListedFile, PathLists } from '../inside/path-lists.ts';
import { fileDescription } from '../words/file-words.ts';
import type { Command, CommandContext } from './command.ts';
import { pickReadyImage } from './pick-image.ts';
import { imageOf, insideOf } from './rows.ts';

/** Kept for the next time: a list takes as long as walking the image. */
let lists: PathLists | undefined;

/** A file or a folder that was found. */
interface FoundItem extends vscode.QuickPickItem {
  readonly node?: Extract<InsideNode, { kind: 'file' }>;
}

/** Lets the user find a file in an image by a part of its path, and opens it, or shows it among the images. */
export const findInImage: Command = {
  id: 'mkbox.findInImage',
  async run(context, row) {
    const title = vscode.l10n.t('Find in Image');
    const image = imageOf(row) ?? insideOf(row)?.image ?? (await pickReadyImage(context.project, title));
    if (image !== undefined) await find(image, context);
  },
};

async function find(image: CatalogImage, context: CommandContext): Promise<void> {
  const { l10n, window } = vscode;
  const images = await context.openImages();
  lists ??= new PathLists((...looked) => images.look(...looked));
  const pick = window.createQuickPick<FoundItem>();
  const chosen = new Promise<{ readonly item?: FoundItem | undefined; readonly isRevealed: boolean }>((resolve) => {
    pick.onDidAccept(() => resolve({ item: pick.selectedItems[0], isRevealed: false }));
    pick.onDidTriggerItemButton(({ item }) => resolve({ item, isRevealed: true }));
    pick.onDidHide(() => resolve({ isRevealed: false }));
  });
  try {
    pick.title = l10n.t('Find in {0}', image.image);
    pick.placeholder = l10n.t('A part of the path');
    pick.busy = true;
    pick.show();
    pick.items = await itemsOf(image, lists);
    pick.busy = false;
    const { item, isRevealed } = await chosen;
    if (item?.node !== undefined) await show(item.node, isRevealed, context);
  } finally {
    pick.dispose();
  }
}

async function itemsOf(image: CatalogImage, paths: PathLists): Promise<FoundItem[]> {
  const { l10n, env, QuickPickItemKind, ThemeIcon } = vscode;
  const buttons = [{ iconPath: new ThemeIcon('list-tree'), tooltip: l10n.t('Show in the Images View') }];
  const [folder, file, link] = [new ThemeIcon('folder'), new ThemeIcon('file'), new ThemeIcon('file-symlink-file')];
  const itemOf = (tree: TreeName, listed: ListedFile): FoundItem => {
    const { type } = listed.file.status;
    return {
      label: listed.path,
      description: fileDescription(listed.file, env.language),
      iconPath: type === 'folder' ? folder : type === 'link' ? link : file,
      buttons,
      node: { kind: 'file', image, tree, ...listed },
    };
  };
  const files = await paths.filesOf(image, 'files');
  const initramfs = await orReason(paths.filesOf(image, 'initramfs'));
  const separator = (label: string): FoundItem => ({ label, kind: QuickPickItemKind.Separator });
  const items = [separator(l10n.t('Files')), ...files.map((listed) => itemOf('files', listed))];
  if (typeof initramfs === 'string') return [...items, separator(`initramfs: ${initramfs}`)];
  return [...items, separator('initramfs'), ...initramfs.map((listed) => itemOf('initramfs', listed))];
}

/** An image without an initramfs has files. */
async function orReason<T>(listing: Promise<T>): Promise<T | string> {
  try {
    return await listing;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Opens what an editor can show, unless the user wants to see its row. */
async function show(node: NonNullable<FoundItem['node']>, isRevealed: boolean, context: CommandContext): Promise<void> {
  const { image, tree, path, file } = node;
  const { type } = file.status;
  if (isRevealed || (type !== 'file' && type !== 'link')) await context.imagesView.reveal(node);
  else await vscode.commands.executeCommand('vscode.open', uriOf({ image: image.id, tree, path }));
}
