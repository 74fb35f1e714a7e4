import * as vscode from 'vscode';
import { Owner } from '../dispose.ts';
import { isBoxbuild } from './boxbuild-documents.ts';

/** Loads the language features when the first BOXBUILD is opened, and nothing before. */
export class BoxbuildOpening extends Owner {
  readonly #log: vscode.LogOutputChannel;
  #isLoading = false;

  constructor(log: vscode.LogOutputChannel) {
    super();
    this.#log = log;
    this.own(vscode.workspace.onDidOpenTextDocument((document) => this.#opened(document)));
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
  }

  #opened(document: vscode.TextDocument): void {
    if (this.#isLoading || !isBoxbuild(document)) return;
    this.#isLoading = true;
    this.#load().catch((error) => this.#log.error(error));
  }

  async #load(): Promise<void> {
    const startMs = performance.now();
    const { BoxbuildLanguage } = await import('./boxbuild-language.ts');
    this.own(new BoxbuildLanguage(this.#log));
    this.#log.info(`language features for BOXBUILDs loaded in ${(performance.now() - startMs).toFixed(1)} ms`);
  }
}
