import * as vscode from 'vscode';
import { ApkErrors } from '../../boxbuild/apk-errors.ts';
import { Owner } from '../dispose.ts';

/** What builds print in their terminals, as far as it is about packages that apk can't install. */
export class BuildTerminals extends Owner {
  /** By the last command of each terminal, to the end of its output. */
  readonly #read = new WeakMap<vscode.Terminal, Promise<ApkErrors>>();

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

  /** What apk could not install in the terminal of a process that ended: by name, whether there is no such package. */
  async failedPackages(processId: number): Promise<ReadonlyMap<string, boolean>> {
    for (const terminal of vscode.window.terminals) {
      const isIt = (await terminal.processId) === processId;
      if (isIt) return (await this.#read.get(terminal))?.packages ?? new Map();
    }
    return new Map();
  }
}

/** Its output is handed out from this moment on only: whose it is turns out later. */
async function read(execution: vscode.TerminalShellExecution, isWanted: () => boolean): Promise<ApkErrors> {
  const errors = new ApkErrors();
  let isRead = false;
  for await (const piece of execution.read()) {
    isRead ||= isWanted(); // the last piece may come when the build is over
    if (isRead) errors.add(piece);
  }
  return errors;
}
