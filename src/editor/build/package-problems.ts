import * as vscode from 'vscode';
import { Owner } from '../dispose.ts';
import { failedPackageText } from '../words/build-words.ts';
import type { BuildTerminals } from './build-terminals.ts';
import { EDITOR_FILES } from './editor-files.ts';
import { placeInBuild } from './place-in-build.ts';
import type { EndedBuild, RunningBuilds } from './running-builds.ts';

interface PackageProblem {
  readonly file: string;
  readonly diagnostic: vscode.Diagnostic;
}

/** Shows packages that apk could not install where a BOXBUILD names them, until that file changes or is built again. */
export class PackageProblems extends Owner {
  readonly #shown = this.own(vscode.languages.createDiagnosticCollection('mkbox-apk'));
  readonly #terminals: BuildTerminals;
  /** By the BOXBUILD that was built. */
  readonly #problems = new Map<string, readonly PackageProblem[]>();

  constructor(running: RunningBuilds, terminals: BuildTerminals, log: vscode.LogOutputChannel) {
    super();
    this.#terminals = terminals;
    this.own(running.onDidBegin(({ wish }) => this.#set(wish.boxbuild, [])));
    this.own(running.onDidEnd((ended) => void this.#onEnd(ended).catch((error) => log.error(error))));
    this.own(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#onChange(document.uri)));
    const watcher = this.own(vscode.workspace.createFileSystemWatcher('**/BOXBUILD'));
    this.own(watcher.onDidChange((uri) => this.#onChange(uri)));
    this.own(watcher.onDidDelete((uri) => this.#onChange(uri)));
  }

  async #onEnd({ outcome, processId, wish }: EndedBuild): Promise<void> {
    if (outcome.kind !== 'failed' || processId === undefined) return;
    const problems: PackageProblem[] = [];
    for (const [name, isUnknown] of await this.#terminals.failedPackages(processId)) {
      const place = await placeInBuild(wish, name);
      const text = place && (await EDITOR_FILES.read(place.boxbuild));
      if (place === undefined || text === undefined) continue; // another package needs it
      const range = new vscode.Range(positionIn(text, place.start), positionIn(text, place.end));
      const diagnostic = new vscode.Diagnostic(range, failedPackageText(name, wish.board, isUnknown, vscode.l10n));
      diagnostic.source = 'mkbox';
      problems.push({ file: place.boxbuild, diagnostic });
    }
    this.#set(wish.boxbuild, problems);
  }

  #onChange({ fsPath }: vscode.Uri): void {
    for (const [boxbuild, problems] of this.#problems) {
      if (!problems.some(({ file }) => file === fsPath)) continue;
      this.#set(
        boxbuild,
        problems.filter(({ file }) => file !== fsPath),
      );
    }
  }

  #set(boxbuild: string, problems: readonly PackageProblem[]): void {
    if (this.isDisposed || problems.length + (this.#problems.get(boxbuild)?.length ?? 0) === 0) return;
    this.#problems.set(boxbuild, problems);
    const all = [...this.#problems.values()].flat();
    this.#shown.clear();
    for (const [file, found] of Map.groupBy(all, (problem) => problem.file)) {
      this.#shown.set(
        vscode.Uri.file(file),
        found.map(({ diagnostic }) => diagnostic),
      );
    }
  }
}

/** As a document would tell: but one that is opened for that shows its other problems, too. */
function positionIn(text: string, offset: number): vscode.Position {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return new vscode.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}
