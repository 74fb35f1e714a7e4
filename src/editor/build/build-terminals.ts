import * as vscode from 'vscode';
import { BuildErrors } from '../../boxbuild/build-errors.ts';
import { Owner } from '../dispose.ts';

/** How long after the end of a build VS Code may tell that its command began: on a busy machine it comes late. */
const START_WAIT_MS = 5_000;

/** What is kept of an output until it turns out that a build prints it. In characters. */
const LONGEST_BEGINNING = 65_536;

/** A command that runs in a terminal, or ran last in it. */
interface Execution {
  readonly output: Output;
  /** When its output came to its end. */
  readonly endedAtMs: Promise<number>;
}

/** What builds print in their terminals, as far as it is about errors that name no file. */
export class BuildTerminals extends Owner {
  readonly #last = new WeakMap<vscode.Terminal, Execution>();
  readonly #started = this.own(new vscode.EventEmitter<void>());

  /** While no build runs, as `isBuilding` tells, nothing that any terminal shows is looked at. */
  constructor(isBuilding: () => boolean, log: vscode.LogOutputChannel) {
    super();
    this.own(
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        const output = new Output();
        // it is handed out from this moment on only: whose it is turns out later
        const endedAtMs = read(execution, output, () => isBuilding() && !this.isDisposed);
        endedAtMs.catch((error) => log.error(error));
        this.#last.set(terminal, { output, endedAtMs });
        this.#started.fire();
      }),
    );
  }

  /**
   * The errors that the process of a build printed, which has ended; `startedAtMs`: when the build began. Undefined where its
   * terminal is closed, or VS Code does not follow what runs in it.
   */
  async errorsOf(processId: number, startedAtMs: number): Promise<BuildErrors | undefined> {
    const terminal = await terminalOf(processId);
    const deadlineMs = Date.now() + START_WAIT_MS;
    while (terminal !== undefined) {
      const last = this.#last.get(terminal);
      // a command that was over before the build began is an earlier one of the same terminal
      if (last !== undefined && (await last.endedAtMs) >= startedAtMs) return last.output.errors;
      if (!(await this.#nextStart(deadlineMs - Date.now()))) break;
    }
    return undefined;
  }

  /** Whether a command begins in any terminal within this time. */
  #nextStart(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isStarted: boolean) => {
        clearTimeout(timer);
        started.dispose();
        resolve(isStarted);
      };
      const timer = setTimeout(end, Math.max(0, withinMs), false);
      const started = this.#started.event(() => end(true));
    });
  }
}

/** VS Code tells the process ID of a terminal that it uses again only after its command began: ask when that has ended. */
async function terminalOf(processId: number): Promise<vscode.Terminal | undefined> {
  for (const terminal of vscode.window.terminals) {
    if ((await terminal.processId) === processId) return terminal;
  }
  return undefined;
}

/** The output of a command, kept unread until it is known to be a build's. */
class Output {
  #beginning = '';
  #errors: BuildErrors | undefined;

  add(piece: string, isBuild: boolean): void {
    if (isBuild || this.#errors !== undefined) this.errors.add(piece);
    else this.#beginning = (this.#beginning + piece).slice(-LONGEST_BEGINNING);
  }

  /** Those in it so far: it is a build's. */
  get errors(): BuildErrors {
    if (this.#errors === undefined) {
      this.#errors = new BuildErrors();
      this.#errors.add(this.#beginning);
      this.#beginning = '';
    }
    return this.#errors;
  }
}

async function read(execution: vscode.TerminalShellExecution, output: Output, isBuilding: () => boolean) {
  for await (const piece of execution.read()) output.add(piece, isBuilding());
  return Date.now();
}
