import * as vscode from 'vscode';
import { findLinks } from '../../boxbuild/links.ts';
import { termAt } from '../../boxbuild/terms.ts';
import { Owner } from '../dispose.ts';
import { COMPLETION } from './boxbuild-completion.ts';
import { BOXBUILDS } from './boxbuild-documents.ts';
import { LENSES } from './boxbuild-lenses.ts';
import { OUTLINE } from './boxbuild-outline.ts';
import { BoxbuildProblems } from './boxbuild-problems.ts';
import { EDITOR_FILES } from './editor-files.ts';
import { termKindWords, termSource, termWords } from './term-words.ts';

const HOVER: vscode.HoverProvider = {
  provideHover(document, position) {
    const use = termAt(document.getText(), document.offsetAt(position));
    if (use === undefined) return undefined;
    const { l10n } = vscode;
    const head = `\`${use.term}\` · ${termKindWords(use.term, l10n)}`;
    const text = new vscode.MarkdownString(`${head}\n\n${termWords(use.term, l10n)}\n\n${termSource(use.term)}`);
    return new vscode.Hover(text, new vscode.Range(document.positionAt(use.start), document.positionAt(use.end)));
  },
};

const LINKS: vscode.DocumentLinkProvider = {
  async provideDocumentLinks(document) {
    const links = await findLinks(document.uri.fsPath, document.getText(), EDITOR_FILES);
    return Promise.all(
      links.map(async ({ start, end, target }) => {
        const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
        return new vscode.DocumentLink(range, await addressOf(target));
      }),
    );
  },
};

/** What shows a file, or a folder: an editor can't open that. */
async function addressOf(target: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.file(target);
  if (!(await EDITOR_FILES.isFolder(target))) return uri;
  return vscode.Uri.parse(`command:revealInExplorer?${encodeURIComponent(JSON.stringify([uri]))}`);
}

/** What the editor knows of BOXBUILDs, on top of what it knows of shell scripts. */
export class BoxbuildLanguage extends Owner {
  constructor(log: vscode.LogOutputChannel) {
    super();
    const { languages } = vscode;
    this.own(languages.registerHoverProvider(BOXBUILDS, HOVER));
    this.own(languages.registerCompletionItemProvider(BOXBUILDS, COMPLETION, '$', '"', '{'));
    this.own(languages.registerDocumentLinkProvider(BOXBUILDS, LINKS));
    this.own(languages.registerDocumentSymbolProvider(BOXBUILDS, OUTLINE));
    this.own(languages.registerCodeLensProvider(BOXBUILDS, LENSES));
    this.own(new BoxbuildProblems(log));
  }
}
