import { setTimeout as pause } from 'node:timers/promises';
import { LOG_FORMATS } from './log-formats.ts';
import type { LogOutput } from './log-output.ts';
import type { LogFormat, LogLevel, LogRecord } from './log-record.ts';

/** How long lines wait for more: a hundred boards that ask at once cost one write. */
const FLUSH_AFTER_MS = 20;

/** Lines are collected in blocks of this size. */
const BLOCK_BYTES = 64 * 1024;

/** The most bytes that wait for a blocked output: some five thousand lines. */
const MOST_PENDING_BYTES = 1024 * 1024;

/** How long closing waits for a blocked output. */
const CLOSE_WAIT_MS = 250;

/** How often closing checks the output meanwhile. */
const CLOSE_STEP_MS = 10;

/** The most bytes that a UTF-16 code unit takes in UTF-8. */
const BYTES_PER_UNIT = 3;

/**
 * Writes records as lines, many at once. A reader that does not read delays nothing: a bounded number of bytes wait,
 * further lines are dropped until those are out, and then the log says how many.
 */
export class LineLog {
  readonly #output: LogOutput;
  readonly #format: LogFormat;
  /** Lines being collected, as bytes: thousands of strings that wait would keep the garbage collector busy. */
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #blockBytes = 0;
  /** What is written before the block, oldest first. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #timeMs = 0;
  #time = '';

  readonly #onRoom = () => {
    if (!this.#isEmpty) this.flush();
  };

  constructor(output: LogOutput, format: LogFormat = LOG_FORMATS.text) {
    this.#output = output;
    this.#format = format;
  }

  /** Writes a message; `event` is one word by which programs tell it from others. */
  write(text: string, event = 'message', level: LogLevel = 'info'): void {
    this.record({ kind: 'message', event, level, text });
  }

  record(record: LogRecord): void {
    if (this.#dropped > 0) {
      this.#dropped++;
      return;
    }
    const text = `${this.#format(record, this.#now())}\n`;
    const mostBytes = text.length * BYTES_PER_UNIT;
    if (this.#blockBytes + mostBytes > BLOCK_BYTES) this.#writeOut();
    if (this.#pendingBytes + this.#blockBytes + mostBytes > MOST_PENDING_BYTES) {
      this.#dropped++;
      return;
    }
    if (this.#blockBytes + mostBytes > BLOCK_BYTES) this.#closeBlock();
    if (mostBytes > BLOCK_BYTES) this.#queue(Buffer.from(text));
    else this.#blockBytes += this.#block.write(text, this.#blockBytes);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  /** Writes what is pending now, as far as the output takes it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writeOut();
    if (!this.#isEmpty || this.#dropped === 0) return;
    const text = droppedText(this.#dropped);
    this.#dropped = 0;
    this.write(text, 'log', 'warning');
  }

  /** Writes what is pending, and gives up soon if nobody reads it. */
  async close(): Promise<void> {
    for (const end = performance.now() + CLOSE_WAIT_MS; ; await pause(CLOSE_STEP_MS)) {
      this.flush();
      if ((this.#isEmpty && !this.#output.isBusy) || performance.now() >= end) break;
    }
    clearTimeout(this.#timer);
  }

  get #isEmpty(): boolean {
    return this.#pendingBytes === 0 && this.#blockBytes === 0;
  }

  #writeOut(): void {
    let [first] = this.#pending;
    while (first !== undefined) {
      const taken = this.#output.write(first, this.#onRoom);
      this.#pendingBytes -= taken;
      if (taken === first.length) this.#pending.shift();
      else {
        this.#pending[0] = first.subarray(taken);
        return;
      }
      [first] = this.#pending;
    }
    if (this.#blockBytes === 0) return;
    const taken = this.#output.write(this.#block.subarray(0, this.#blockBytes), this.#onRoom);
    this.#block.copyWithin(0, taken, this.#blockBytes);
    this.#blockBytes -= taken;
  }

  /** Has the block written before what comes next. */
  #closeBlock(): void {
    if (this.#blockBytes > 0) this.#queue(Buffer.from(this.#block.subarray(0, this.#blockBytes)));
    this.#blockBytes = 0;
  }

  #queue(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  /** The time in ISO 8601, worded once for all lines of a millisecond. */
  #now(): string {
    const nowMs = Date.now();
    if (nowMs !== this.#timeMs) {
      this.#timeMs = nowMs;
      this.#time = new Date(nowMs).toISOString();
    }
    return this.#time;
  }
}

function droppedText(count: number): string {
  return `${count} ${count === 1 ? 'line' : 'lines'} of this log dropped: whoever reads it did not keep up`;
}
