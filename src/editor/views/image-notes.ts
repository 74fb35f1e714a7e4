import * as vscode from 'vscode';
import { rollOutText } from '../../boards/roll-out-text.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { Boards } from '../serving/boards.ts';
import type { Serving } from '../serving/serving.ts';
import { withProgress } from '../words/roll-out-words.ts';
import { oneUpdateText } from '../words/status-words.ts';

/** How an image goes out, in its row and its tooltip: how far its roll-out is, and that one update of it is served. */
export function imageNotes(
  { id, state }: CatalogImage,
  { serving, boards: { rollOuts } }: { readonly serving: Serving; readonly boards: Boards },
): readonly string[] {
  const { l10n } = vscode;
  const rollOut = state.kind === 'ready' ? rollOuts?.get(id, state.buildId) : undefined;
  const isRolledOut = rollOuts !== undefined && rollOut !== undefined && rollOut.state.kind !== 'finished';
  const isArmed = serving.state.kind === 'one-shot' && serving.state.only === id;
  return [
    ...(isRolledOut ? [withProgress(rollOutText(rollOut, l10n), rollOuts.progressOf(rollOut), l10n)] : []),
    ...(isArmed ? [oneUpdateText(l10n)] : []),
  ];
}

/** A row with more things to say. */
export function withNotes(item: vscode.TreeItem, notes: readonly string[]): vscode.TreeItem {
  const { description, accessibilityInformation: spoken } = item;
  item.description = [description, ...notes].join(' · ');
  if (spoken !== undefined) {
    item.accessibilityInformation = { ...spoken, label: [spoken.label, ...notes].join(', ') };
  }
  return item;
}
