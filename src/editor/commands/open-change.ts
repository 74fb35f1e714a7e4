import * as vscode from 'vscode';
import type { KeptBuild } from '../../builds/kept-build.ts';
import type { FileChange } from '../../contents/inventory-difference.ts';
import { UserError } from '../../errors.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogSnapshot } from '../../images/catalog.ts';
import { type Comparison, comparisonText, type Side } from '../changes/comparison.ts';
import { imageOfBuild } from '../inside/build-image.ts';
import { uriOf } from '../inside/file-uri.ts';
import type { TreeName } from '../inside/inside-node.ts';
import { looksLikeText } from '../inside/text-file.ts';
import { withLateProgress } from '../late-progress.ts';
import { plainMessage } from '../words/plain-message.ts';
import { bytesText } from '../words/words.ts';
import type { Command, CommandContext } from './command.ts';

/** More editors than anyone reads, and a second's work for the editor. */
const MOST_OPENED = 300;
/** A text that is larger is none that anybody compares by eye. */
const LARGEST_TEXT_BYTES = 2_000_000;
const SILENT_MS = 1_000;

/** Opens a changed file on both sides; one that came or went, on the side where it is. */
export const openChange: Command = {
  id: 'mkbox.openChange',
  actsOn: (row) => typeof row === 'object' && row.kind === 'file change',
  async run({ changes, project, builds }, row) {
    const { comparison } = await changes();
    if (comparison === undefined || typeof row !== 'object' || row.kind !== 'file change') return;
    const { path, changes: aspects } = row.change;
    const { before, after } = filesOf(row.change);
    const on = (side: Side) => uriOn(side, row.tree, path, project.snapshot, builds.list);
    if (before !== undefined && after !== undefined && aspects.has('content')) {
      const title = `${path} (${comparisonText(comparison)})`;
      await vscode.commands.executeCommand('vscode.diff', on(comparison.before), on(comparison.after), title);
    } else {
      await vscode.commands.executeCommand(
        'vscode.open',
        on(after === undefined ? comparison.before : comparison.after),
      );
    }
  },
};

/** Opens all texts that changed, in one editor. */
export const openAllChanges: Command = {
  id: 'mkbox.openAllChanges',
  async run(context) {
    const { l10n, window, commands } = vscode;
    const { comparison } = await context.changes();
    if (comparison === undefined) return;
    const title = l10n.t('mkbox: looking for texts that changed');
    const found = await withLateProgress(title, SILENT_MS, (signal) => changedTexts(comparison, context, signal));
    if (found === undefined) return;
    const { texts } = found;
    if (texts.length > 0) await commands.executeCommand('vscode.changes', comparisonText(comparison), texts);
    const told = [...(texts.length === 0 ? [l10n.t('mkbox: no text changed.')] : []), ...leftOutTexts(found)];
    if (told.length > 0) void window.showInformationMessage(plainMessage(told.join(' ')));
  },
};

/** The resource that names it, the older file and the newer one. */
type ChangedText = [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined];

/** The texts that changed, and how many files were left out: too large ones, and those behind as many texts as are opened. */
interface ChangedTexts {
  readonly texts: readonly ChangedText[];
  readonly large: number;
  readonly behind: number;
}

function leftOutTexts({ large, behind }: ChangedTexts): string[] {
  const { l10n, env } = vscode;
  const bytes = bytesText(LARGEST_TEXT_BYTES, env.language);
  return [
    ...(large > 0 ? [l10n.t('Changed files larger than {0} were left out: {1}.', bytes, large)] : []),
    ...(behind > 0 ? [l10n.t('Only the first {0} texts were opened; files left: {1}.', MOST_OPENED, behind)] : []),
  ];
}

async function changedTexts(
  comparison: Comparison,
  { project, builds, openImages }: CommandContext,
  signal: AbortSignal,
): Promise<ChangedTexts> {
  const { difference } = comparison;
  const images = await openImages();
  const texts: ChangedText[] = [];
  let [large, behind] = [0, 0];
  for (const [tree, change] of unexpectedFiles(difference)) {
    signal.throwIfAborted();
    const { before, after } = filesOf(change);
    const newest = after ?? before;
    const isOther = change.kind !== 'changed' || change.changes.has('content') || change.changes.has('type');
    if (newest === undefined || !isOther) continue;
    if (newest.bytes > LARGEST_TEXT_BYTES) large++;
    else if (texts.length === MOST_OPENED) behind++;
    if (newest.bytes > LARGEST_TEXT_BYTES || texts.length === MOST_OPENED) continue;
    const left = before && uriOn(comparison.before, tree, change.path, project.snapshot, builds.list);
    const right = after && uriOn(comparison.after, tree, change.path, project.snapshot, builds.list);
    const uri = right ?? left;
    const side = after === undefined ? comparison.before : comparison.after;
    const image = imageOfBuild(project.snapshot, builds.list, side.buildId);
    if (uri === undefined || image === undefined) continue;
    if (await images.look(image, tree, (files) => looksLikeText(files, change.path))) texts.push([uri, left, right]);
  }
  return { texts, large, behind };
}

function unexpectedFiles({ files, initramfs }: Comparison['difference']): [TreeName, FileChange][] {
  const of = (tree: TreeName, changes: readonly FileChange[]): [TreeName, FileChange][] =>
    changes.filter(({ isExpected }) => !isExpected).map((change) => [tree, change]);
  return [...of('files', files), ...of('initramfs', initramfs)];
}

/** A change's sides that are files: others have no content. */
function filesOf({ before, after }: FileChange) {
  return {
    before: before?.type === 'file' ? before : undefined,
    after: after?.type === 'file' ? after : undefined,
  };
}

/** @throws UserError when that build's image is gone. */
function uriOn(
  { buildId, inventory }: Side,
  tree: TreeName,
  path: string,
  snapshot: CatalogSnapshot,
  kept: readonly KeptBuild[],
): vscode.Uri {
  const image = imageOfBuild(snapshot, kept, buildId);
  if (image !== undefined) return uriOf({ image: image.id, build: buildId, tree, path });
  throw new UserError(
    vscode.l10n.t(
      'the image of build {0} of {1} is gone: what is kept says that {2} differs, but not its text.',
      shortBuildId(buildId),
      inventory.image,
      path,
    ),
  );
}
