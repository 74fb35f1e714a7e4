import type { Writable } from 'node:stream';

/** Lines wait this long for company: a hundred boards that ask at once cost one write. */
const FLUSH_AFTER_MS = 20;

/** Writes lines, each with the time before it, many at once. */
export class LineLog {
  readonly #output: Writable;
  #pending = '';

  constructor(output: Writable) {
    this.#output = output;
    output.on('error', () => {}); // whoever read the log is gone; boards are served all the same
  }

  write(line: string): void {
    if (this.#pending === '') setTimeout(() => this.flush(), FLUSH_AFTER_MS);
    this.#pending += `${new Date().toISOString()} ${line}\n`;
  }

  /** Writes what is pending now. */
  flush(): void {
    if (this.#pending === '') return;
    this.#output.write(this.#pending);
    this.#pending = '';
  }
}
