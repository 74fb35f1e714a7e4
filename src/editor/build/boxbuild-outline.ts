import * as vscode from 'vscode';
import { type OutlineEntry, outlineOf } from '../../boxbuild/outline.ts';

const KINDS: Readonly<Record<OutlineEntry['kind'], vscode.SymbolKind>> = {
  extend: vscode.SymbolKind.Module,
  directive: vscode.SymbolKind.Property,
  array: vscode.SymbolKind.Array,
  function: vscode.SymbolKind.Function,
};

/** Lists the directives and functions of a BOXBUILD. */
export const OUTLINE: vscode.DocumentSymbolProvider = {
  provideDocumentSymbols: (document) =>
    outlineOf(document.getText()).map((entry) => {
      const range = (start: number, end: number) =>
        new vscode.Range(document.positionAt(start), document.positionAt(end));
      const whole = range(entry.start, entry.end);
      const name = range(entry.nameStart, entry.nameEnd);
      return new vscode.DocumentSymbol(entry.name, entry.detail, KINDS[entry.kind], whole, name);
    }),
};
