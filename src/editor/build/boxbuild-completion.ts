import path from 'node:path';
import * as vscode from 'vscode';
import { RUNLEVELS, type Spot, spotAt } from '../../boxbuild/completion.ts';
import { findBases, foldersWithBoxbuild } from '../../boxbuild/layout.ts';
import { boardSnippet, boxSnippet, termSnippet } from '../../boxbuild/snippets.ts';
import { TERMS, type Term } from '../../boxbuild/vocabulary.ts';
import { EDITOR_FILES } from './editor-files.ts';
import { termKindWords, termSource, termWords } from './term-words.ts';

/** Offers what mkbox understands at the cursor. */
export const COMPLETION: vscode.CompletionItemProvider = {
  async provideCompletionItems(document, position) {
    const before = document.getText(new vscode.Range(new vscode.Position(0, 0), position));
    const spot = spotAt(before);
    return spot && itemsAt(spot, document, position);
  },
};

async function itemsAt(spot: Spot, document: vscode.TextDocument, position: vscode.Position) {
  switch (spot.kind) {
    case 'command':
      return [
        ...termsWith(({ kind }) => kind !== 'variable').map(commandItem),
        ...(spot.isFirst ? fileItems(document) : []),
      ];
    case 'variable':
      return termsWith(({ kind }) => kind === 'variable').map((term) =>
        termItem(term, vscode.CompletionItemKind.Variable),
      );
    case 'extend':
      return extendItems(document, new vscode.Range(document.positionAt(spot.start), position));
    case 'runlevel':
      return RUNLEVELS.map((name) => new vscode.CompletionItem(name, vscode.CompletionItemKind.EnumMember));
  }
}

function termsWith(isWanted: (entry: { readonly kind: (typeof TERMS)[Term] }) => boolean): Term[] {
  return (Object.keys(TERMS) as Term[]).filter((term) => isWanted({ kind: TERMS[term] }));
}

function termItem(term: Term, kind: vscode.CompletionItemKind): vscode.CompletionItem {
  const item = new vscode.CompletionItem({ label: term, description: termKindWords(term, vscode.l10n) }, kind);
  item.documentation = new vscode.MarkdownString(`${termWords(term, vscode.l10n)}\n\n${termSource(term)}`);
  return item;
}

function commandItem(term: Term): vscode.CompletionItem {
  const { Property, Function: Callable, Method } = vscode.CompletionItemKind;
  const kind = TERMS[term];
  const item = termItem(term, kind === 'helper' ? Callable : kind === 'function' ? Method : Property);
  item.insertText = new vscode.SnippetString(termSnippet(term));
  return item;
}

/** Whole files, for one that is empty still. */
function fileItems({ uri }: vscode.TextDocument): vscode.CompletionItem[] {
  const { l10n } = vscode;
  const folder = path.basename(path.dirname(uri.fsPath));
  const files = [
    { label: 'box', text: boxSnippet(folder), what: l10n.t('a new box') },
    { label: 'board', text: boardSnippet(folder), what: l10n.t('a new board') },
  ];
  return files.map(({ label, text, what }) => {
    const item = new vscode.CompletionItem({ label, description: what }, vscode.CompletionItemKind.Snippet);
    item.insertText = new vscode.SnippetString(text);
    return item;
  });
}

/** The BOXBUILDs that can be extended. */
async function extendItems(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CompletionItem[]> {
  const bases = await findBases(document.uri.fsPath, EDITOR_FILES);
  const boxes = bases === undefined ? [] : await foldersWithBoxbuild(bases.boxes, EDITOR_FILES);
  const paths = ['$BOARDS_BASE/$BOARD/BOXBUILD', ...boxes.map((box) => `$BOXES_BASE/${box}/BOXBUILD`)];
  return paths.map((name) => {
    const item = new vscode.CompletionItem(`"${name}"`, vscode.CompletionItemKind.File);
    item.range = range;
    return item;
  });
}
