import * as vscode from 'vscode';
import { type BoxbuildFinding, findFaults, type Severity } from '../../boxbuild/findings.ts';
import { Owner } from '../dispose.ts';
import { isBoxbuild } from './boxbuild-documents.ts';
import { EDITOR_FILES } from './editor-files.ts';
import { faultWords } from './fault-words.ts';

/** How long typing rests before a BOXBUILD is looked through. */
const REST_MS = 300;

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Shows what is wrong in the BOXBUILDs that are open, each anew when one of them changes: they extend one another. */
export class BoxbuildProblems extends Owner {
  readonly #problems = this.own(vscode.languages.createDiagnosticCollection('mkbox'));
  readonly #log: vscode.LogOutputChannel;
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;

  constructor(log: vscode.LogOutputChannel) {
    super();
    this.#log = log;
    const { workspace } = vscode;
    const onBoxbuild = (document: vscode.TextDocument) => isBoxbuild(document) && this.#lookSoon();
    this.own(workspace.onDidOpenTextDocument(onBoxbuild));
    this.own(workspace.onDidChangeTextDocument(({ document }) => onBoxbuild(document)));
    this.own(workspace.onDidCloseTextDocument((document) => this.#problems.delete(document.uri)));
    const watcher = this.own(workspace.createFileSystemWatcher('**/{BOXBUILD,init.d/*}'));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      this.own(event(() => this.#lookSoon()));
    }
    this.own({ dispose: () => clearTimeout(this.#timer) });
    this.#lookAtAll();
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookAtAll(), REST_MS);
  }

  #lookAtAll(): void {
    const turn = ++this.#turn;
    for (const document of vscode.workspace.textDocuments.filter(isBoxbuild)) {
      this.#look(document, turn).catch((error) => this.#log.error(error));
    }
  }

  async #look(document: vscode.TextDocument, turn: number): Promise<void> {
    const { uri, version } = document;
    const found = await findFaults(uri.fsPath, document.getText(), EDITOR_FILES);
    // a later look, at the text as it is now, is on its way
    if (turn !== this.#turn || this.isDisposed || document.isClosed || document.version !== version) return;
    this.#problems.set(
      uri,
      found.map((finding) => diagnosticOf(finding, document)),
    );
  }
}

function diagnosticOf({ fault, severity, start, end }: BoxbuildFinding, document: vscode.TextDocument) {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const diagnostic = new vscode.Diagnostic(range, faultWords(fault, vscode.l10n), SEVERITIES[severity]);
  diagnostic.source = 'mkbox';
  return diagnostic;
}
