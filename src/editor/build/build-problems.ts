import * as vscode from 'vscode';
import { type Place, placeOfPackage, placesOfCommand } from '../../boxbuild/places.ts';
import { Owner } from '../dispose.ts';
import { failedPackageText, unknownCommandText } from '../words/build-words.ts';
import type { BuildTerminals } from './build-terminals.ts';
import { chainOfBuild } from './chain-of-build.ts';
import { EDITOR_FILES } from './editor-files.ts';
import type { EndedBuild, RunningBuilds } from './running-builds.ts';

interface BuildProblem {
  readonly file: string;
  /** What the file says, for which alone it holds. */
  readonly text: string;
  readonly diagnostic: vscode.Diagnostic;
}

/** Shows errors of a build that name no file where a BOXBUILD caused them, until that file changes or is built again. */
export class BuildProblems extends Owner {
  readonly #shown = this.own(vscode.languages.createDiagnosticCollection('mkbox-output'));
  readonly #terminals: BuildTerminals;
  /** By the BOXBUILD that was built. */
  readonly #problems = new Map<string, readonly BuildProblem[]>();
  /** When the last build of each BOXBUILD began. */
  readonly #begun = new Map<string, number>();

  constructor(running: RunningBuilds, terminals: BuildTerminals, log: vscode.LogOutputChannel) {
    super();
    this.#terminals = terminals;
    this.own(
      running.onDidBegin(({ wish, startedAtMs }) => {
        this.#begun.set(wish.boxbuild, startedAtMs);
        this.#set(wish.boxbuild, []);
      }),
    );
    this.own(running.onDidEnd((ended) => void this.#onEnd(ended).catch((error) => log.error(error))));
    const onChange = (uri: vscode.Uri) => void this.#onChange(uri.fsPath).catch((error) => log.error(error));
    this.own(vscode.workspace.onDidChangeTextDocument(({ document }) => onChange(document.uri)));
    const watcher = this.own(vscode.workspace.createFileSystemWatcher('**/BOXBUILD'));
    this.own(watcher.onDidChange(onChange));
    this.own(watcher.onDidDelete(onChange));
  }

  async #onEnd({ outcome, processId, startedAtMs, wish }: EndedBuild): Promise<void> {
    if (outcome.kind !== 'failed' || processId === undefined) return;
    const errors = await this.#terminals.errorsOf(processId, startedAtMs);
    if (errors === undefined) return;
    const chain = await chainOfBuild(wish);
    const problems: BuildProblem[] = [];
    for (const [name, isUnknown] of errors.packages) {
      const place = placeOfPackage(chain, name); // none where another package needs it
      const text = failedPackageText(name, wish.board, isUnknown, vscode.l10n);
      if (place !== undefined) problems.push(await problemAt(place, text));
    }
    for (const name of errors.commands) {
      const text = unknownCommandText(name, wish.board, vscode.l10n);
      for (const place of placesOfCommand(chain, name)) problems.push(await problemAt(place, text));
    }
    const isLast = (this.#begun.get(wish.boxbuild) ?? 0) <= startedAtMs; // the next one may have begun meanwhile
    if (isLast) this.#set(wish.boxbuild, problems);
  }

  /** A change before the build may be told after it. */
  async #onChange(changed: string): Promise<void> {
    const isShown = [...this.#problems.values()].flat().some(({ file }) => file === changed);
    const text = isShown ? await EDITOR_FILES.read(changed) : undefined;
    for (const [boxbuild, problems] of this.#problems) {
      const left = problems.filter((problem) => problem.file !== changed || problem.text === text);
      if (left.length < problems.length) this.#set(boxbuild, left);
    }
  }

  #set(boxbuild: string, problems: readonly BuildProblem[]): void {
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

async function problemAt({ boxbuild, start, end }: Place, message: string): Promise<BuildProblem> {
  const text = (await EDITOR_FILES.read(boxbuild)) ?? '';
  const range = new vscode.Range(positionIn(text, start), positionIn(text, end));
  const diagnostic = new vscode.Diagnostic(range, message);
  diagnostic.source = 'mkbox';
  return { file: boxbuild, text, diagnostic };
}

/** As a document would tell: but one that is opened for that shows its other problems, too. */
function positionIn(text: string, offset: number): vscode.Position {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return new vscode.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}
