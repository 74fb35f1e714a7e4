import * as vscode from 'vscode';
import type { UnreadableFolder } from '../../images/catalog.ts';
import type { ServingState } from '../serving-state.ts';
import { unreadableWords } from '../words/image-words.ts';
import { failureWords } from '../words/status-words.ts';

/**
 * What stands above the images: why they are not served, or can't be seen; undefined where there is nothing to say.
 * Without images, the view's welcome says why nothing is served, and what to do. VS Code hides it while there is a message.
 */
export function imagesMessage(
  state: ServingState,
  { unreadable, hasRows }: { readonly unreadable: readonly UnreadableFolder[]; readonly hasRows: boolean },
): string | undefined {
  return (hasRows ? obstacleText(state) : undefined) ?? unreadableText(unreadable);
}

/** That an image folder can't be read for now; a folder in it says so in its row. */
function unreadableText(folders: readonly UnreadableFolder[]): string | undefined {
  const folder = folders.find(({ box }) => box === undefined);
  return folder && `${folder.path}: ${unreadableWords(folder, vscode.l10n)}`;
}

/** Why the images are not served, unless the user stopped that. */
function obstacleText(state: ServingState): string | undefined {
  const { l10n, workspace } = vscode;
  if (!workspace.isTrusted) return l10n.t('Not served: this workspace is not trusted.');
  if (state.kind !== 'failed') return undefined;
  if (state.failure.kind !== 'port in use') return l10n.t('Not served: {0}', failureWords(state.failure, l10n));
  const { port, holder } = state.failure;
  return holder.kind === 'mkbox window'
    ? l10n.t('Not served: another window, {0}, has port {1}.', holder.workspace, port)
    : l10n.t('Not served: port {0} is in use.', port);
}
