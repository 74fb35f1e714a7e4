/** A window in place of the editor's: `vscode` of a test that writes settings as a user does, and reads what is told. */
import { registerHooks } from 'node:module';
import type { WorkspaceFolder } from 'vscode';

// whatever imports `vscode` from now on has this, in each test of a process alike
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode' ? { url: import.meta.url, shortCircuit: true } : next(specifier, context),
});

type Folder = Pick<WorkspaceFolder, 'uri'>;
type Affected = { affectsConfiguration(name: string): boolean };

/** What is written, by the setting's whole name; `undefined` as folder for the window itself. */
const written = new Map<Folder | undefined, Map<string, unknown>>();
const listeners = new Set<(event: Affected) => void>();

/** Those of the window that are written in the workspace, and not in the user's settings. */
export const ofWorkspace = new Set<string>();

/** What was told as an error. */
export const errors: string[] = [];

/** Commands that ran, with what they were called on. */
export const ran: unknown[][] = [];

/** Writes a setting, in a folder's own settings where one is given; `undefined` removes it. */
export function write(name: string, value: unknown, folder?: Folder): void {
  const own = written.get(folder) ?? new Map<string, unknown>();
  written.set(folder, own.set(name, value));
  const affectsConfiguration = (asked: string) => name === asked || name.startsWith(`${asked}.`);
  for (const listener of listeners) listener({ affectsConfiguration });
}

export const workspace = {
  workspaceFolders: undefined as readonly Folder[] | undefined,
  textDocuments: [] as { readonly uri: { scheme: string; fsPath: string }; getText(): string }[],
  getConfiguration: (section: string | undefined, scope: Folder | null) => ({
    get(key: string): unknown {
      const name = `${section}.${key}`;
      return (scope && written.get(scope)?.get(name)) ?? written.get(undefined)?.get(name);
    },
    inspect(name: string) {
      return {
        workspaceValue: ofWorkspace.has(name) ? written.get(undefined)?.get(name) : undefined,
        workspaceFolderValue: scope === null ? undefined : written.get(scope)?.get(name),
      };
    },
  }),
  isTrusted: true,
  onDidChangeWorkspaceFolders: () => ({ dispose() {} }),
  onDidChangeConfiguration(listener: (event: Affected) => void) {
    listeners.add(listener);
    return { dispose: () => void listeners.delete(listener) };
  },
};

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

/** Tasks as the editor tells of them. */
const started = new EventEmitter<{ readonly execution: unknown }>();
const ended = new EventEmitter<{ readonly execution: unknown; readonly exitCode?: number }>();

export const tasks = {
  taskExecutions: [],
  onDidStartTask: started.event,
  onDidStartTaskProcess: new EventEmitter().event,
  onDidEndTaskProcess: ended.event,
  onDidEndTask: new EventEmitter().event,
};

/** Starts a task, and answers how to end it. */
export function startTask(): (exitCode: number) => void {
  const execution = { task: {} };
  started.fire({ execution });
  return (exitCode) => ended.fire({ execution, exitCode });
}

export class CodeLens {
  readonly range: unknown;
  readonly command: unknown;
  constructor(range: unknown, command: unknown) {
    this.range = range;
    this.command = command;
  }
}

export class Range {}

export class ThemeColor {}

export class ThemeIcon {}

export const env = { remoteName: undefined as string | undefined };

export const l10n = {
  t: (text: string, ...values: readonly unknown[]) => text.replace(/\{(\d)\}/g, (_, at) => String(values[at])),
};

/** What the user is asked. */
export interface Question {
  readonly kind: 'warning' | 'information' | 'pick' | 'input';
  /** The message, or the title. */
  readonly text: string;
  /** The buttons, or what is to be picked from. */
  readonly choices: readonly unknown[];
}

/** The user: answers nothing by itself. While they think, anything may happen. */
export const user = { answer: async (_: Question): Promise<unknown> => undefined };

/** What was told without a choice. */
export const told: string[] = [];

function message(kind: 'warning' | 'information') {
  return (text: string, ...rest: readonly unknown[]): Promise<unknown> => {
    const choices = rest.filter((item) => typeof item === 'string');
    if (choices.length > 0) return user.answer({ kind, text, choices });
    told.push(text);
    return Promise.resolve(undefined);
  };
}

export const ProgressLocation = { Notification: 15 };

export const window = {
  withProgress: (_: unknown, work: (progress: unknown, token: unknown) => unknown) =>
    work({ report() {} }, { onCancellationRequested: () => ({ dispose() {} }) }),
  async showErrorMessage(text: string) {
    errors.push(text);
  },
  showWarningMessage: message('warning'),
  showInformationMessage: message('information'),
  showQuickPick: (choices: readonly unknown[], { title }: { title: string }) =>
    user.answer({ kind: 'pick', text: title, choices }),
  showInputBox: ({ title }: { title: string }) => user.answer({ kind: 'input', text: title, choices: [] }),
  setStatusBarMessage: (text: string) => void told.push(text),
};

export const commands = {
  async executeCommand(...command: readonly unknown[]) {
    ran.push([...command]);
  },
};
