import type { Writable } from 'node:stream';
import type { LogFormat, LogLevel, LogRecord } from './log-record.ts';
import { textFormat } from './text-format.ts';

/** Lines wait this long for company: a hundred boards that ask at once cost one write. */
const FLUSH_AFTER_MS = 20;

/** Room for the lines that wait; when it is full they are written at once. */
const BUFFER_BYTES = 64 * 1024;

/** The most bytes that a UTF-16 code unit takes in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Writes records as lines, many at once. */
export class LineLog {
  readonly #output: Writable;
  readonly #format: LogFormat;
  /** Pending lines as bytes: thousands of strings that wait would keep the garbage collector busy. */
  readonly #pending = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #pendingBytes = 0;
  #timeMs = 0;
  #time = '';

  constructor(output: Writable, format: LogFormat = textFormat) {
    this.#output = output;
    this.#format = format;
    output.on('error', () => {}); // whoever read the log is gone; boards are served all the same
  }

  /** Writes a message; `event` is one word by which programs tell it from others. */
  write(text: string, event = 'message', level: LogLevel = 'info'): void {
    this.record({ kind: 'message', event, level, text });
  }

  record(record: LogRecord): void {
    const text = `${this.#format(record, this.#now())}\n`;
    const mostBytes = text.length * BYTES_PER_UNIT;
    if (this.#pendingBytes + mostBytes > BUFFER_BYTES) this.flush();
    if (mostBytes > BUFFER_BYTES) {
      this.#output.write(text);
      return;
    }
    if (this.#pendingBytes === 0) setTimeout(() => this.flush(), FLUSH_AFTER_MS);
    this.#pendingBytes += this.#pending.write(text, this.#pendingBytes);
  }

  /** Writes what is pending now. */
  flush(): void {
    if (this.#pendingBytes === 0) return;
    this.#output.write(Buffer.from(this.#pending.subarray(0, this.#pendingBytes)));
    this.#pendingBytes = 0;
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
