import * as vscode from 'vscode';
import { BuildErrors } from '../../boxbuild/build-errors.ts';
import { Owner } from '../dispose.ts';

/** What builds print in their terminals, as far as it is about errors that name no file. */
export class BuildTerminals extends Owner {
  /** By the last command of each terminal, to the end of its output. */
  readonly #read = new WeakMap<vscode.Terminal, Promise<BuildErrors>>();

  /** While no build runs, as `isBuilding` tells, nothing that any terminal shows is looked at. */
  constructor(isBuilding: () => boolean, log: vscode.LogOutputChannel) {
    super();
    this.own(
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        const reading = read(execution, () => isBuilding() && !this.isDisposed);
        this.#read.set(terminal, reading);
        reading.catch((error) => log.error(error));
      }),
    );
  }

  /** The errors in the terminal of a process that ended; undefined where it is closed, or VS Code does not follow it. */
  async errorsOf(processId: number): Promise<BuildErrors | undefined> {
    for (const terminal of vscode.window.terminals) {
      if ((await terminal.processId) === processId) return this.#read.get(terminal);
    }
    return undefined;
  }
}

/** Its output is handed out from this moment on only: whose it is turns out later. */
async function read(execution: vscode.TerminalShellExecution, isWanted: () => boolean): Promise<BuildErrors> {
  const errors = new BuildErrors();
  let isRead = false;
  for await (const piece of execution.read()) {
    isRead ||= isWanted(); // the last piece may come when the build is over
    if (isRead) errors.add(piece);
  }
  return errors;
}
