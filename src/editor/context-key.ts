import * as vscode from 'vscode';

/** A context key, which `when` clauses of the manifest read. */
export class ContextKey<Value extends string | boolean> {
  readonly #name: string;
  readonly #onFailure: (error: unknown) => void;
  #value: Value | undefined;

  /** `onFailure` is told when the editor did not take a value. */
  constructor(name: string, onFailure: (error: unknown) => void) {
    this.#name = name;
    this.#onFailure = onFailure;
  }

  /** Sets it; the value that it has already is not sent to the editor again. */
  set(value: Value): void {
    if (value === this.#value) return;
    this.#value = value;
    vscode.commands.executeCommand('setContext', this.#name, value).then(undefined, this.#onFailure);
  }
}
