import * as vscode from 'vscode';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { uriOf } from '../inside/file-uri.ts';
import type { InsideNode, TreeName } from '../inside/inside-node.ts';
import { type ListedFile, PathLists } from '../inside/path-lists.ts';
import { PathMatcher } from '../inside/path-matcher.ts';
import { fileDescription } from '../words/file-words.ts';
import type { Command, CommandContext } from './command.ts';
import { pickReadyImage } from './pick-image.ts';
import { imageOf, insideOf } from './rows.ts';

/** Kept for the next time: a list takes as long as walking the image. */
let lists: PathLists | undefined;

/** Of each tree: more than anyone reads, and few enough to be drawn at once. */
const MOST_SHOWN = 100;

/** A file or a folder that was found. */
interface FoundItem extends vscode.QuickPickItem {
  readonly node?: Extract<InsideNode, { kind: 'file' }>;
}

/** Lets the user find a file in an image by a part of its path, and opens it, or shows it among the images. */
export const findInImage: Command = {
  id: 'mkbox.findInImage',
  async run(context, row) {
    const title = vscode.l10n.t('Find in Image');
    const image = imageOf(row) ?? insideOf(row)?.image ?? (await pickReadyImage(context, title));
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
    pick.placeholder = l10n.t('Search by name or path');
    Object.assign(pick, { sortByLabel: false }); // no part of the API yet: without it, the order is by where labels match
    pick.busy = true;
    pick.show();
    const trees = await treesOf(image, lists);
    const showBest = async () => {
      const { value } = pick;
      const items = await bestItems(image, trees, value, () => pick.value !== value);
      if (items !== undefined) pick.items = items;
    };
    const failing = new Promise<never>((_, reject) => pick.onDidChangeValue(() => showBest().catch(reject)));
    await showBest();
    pick.busy = false;
    const { item, isRevealed } = await Promise.race([chosen, failing]);
    if (item?.node !== undefined) await show(item.node, isRevealed, context);
  } finally {
    pick.dispose();
  }
}

/** The files of a tree, to be searched; or why it has none. */
interface SearchedTree {
  readonly tree: TreeName;
  readonly name: string;
  readonly files: readonly ListedFile[];
  readonly matcher: PathMatcher;
}

async function treesOf(image: CatalogImage, paths: PathLists): Promise<(SearchedTree | string)[]> {
  const searched = (tree: TreeName, name: string, files: readonly ListedFile[]): SearchedTree => {
    return { tree, name, files, matcher: new PathMatcher(files.map(({ path }) => path)) };
  };
  const files = await paths.filesOf(image, 'files');
  const initramfs = await orReason(paths.filesOf(image, 'initramfs'));
  return [
    searched('files', vscode.l10n.t('Files'), files),
    typeof initramfs === 'string' ? `initramfs: ${initramfs}` : searched('initramfs', 'initramfs', initramfs),
  ];
}

/** What a query finds, the best of each tree first; undefined where it is not asked for any more. */
async function bestItems(
  image: CatalogImage,
  trees: readonly (SearchedTree | string)[],
  query: string,
  isStale: () => boolean,
): Promise<FoundItem[] | undefined> {
  const items: FoundItem[] = [];
  const separate = (label: string) => items.push({ label, kind: vscode.QuickPickItemKind.Separator });
  for (const searched of trees) {
    if (typeof searched === 'string') {
      separate(searched);
      continue;
    }
    const { name, files, matcher, tree } = searched;
    const matches = await matcher.best(query, MOST_SHOWN, isStale);
    if (matches === undefined) return undefined;
    const { best, total } = matches;
    separate(total === best.length ? name : vscode.l10n.t('{0}: the best {1} of {2}', name, best.length, total));
    items.push(...best.flatMap((index) => files[index] ?? []).map((listed) => itemOf(image, tree, listed)));
  }
  return items;
}

function itemOf(image: CatalogImage, tree: TreeName, listed: ListedFile): FoundItem {
  const { l10n, env, ThemeIcon } = vscode;
  const { type } = listed.file.status;
  return {
    label: listed.path,
    description: fileDescription(listed.file, env.language),
    iconPath: new ThemeIcon(type === 'folder' ? 'folder' : type === 'link' ? 'file-symlink-file' : 'file'),
    buttons: [{ iconPath: new ThemeIcon('list-tree'), tooltip: l10n.t('Show in the Images View') }],
    alwaysShow: true, // it is found already
    node: { kind: 'file', image, tree, ...listed },
  };
}

/** An image without an initramfs has files. */
async function orReason<T>(listing: Promise<T>): Promise<T | string> {
  try {
    return await listing;
  } catch (error) {
    if (error instanceof UserError) return error.told(vscode.l10n);
    throw error;
  }
}

/** Opens what an editor can show, unless the user wants to see its row. */
async function show(node: NonNullable<FoundItem['node']>, isRevealed: boolean, context: CommandContext): Promise<void> {
  const { image, tree, path, file } = node;
  const { type } = file.status;
  if (isRevealed || (type !== 'file' && type !== 'link')) await (await context.imagesView).reveal(node);
  else await vscode.commands.executeCommand('vscode.open', uriOf({ image: image.id, tree, path }));
}
