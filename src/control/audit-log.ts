import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { cut } from '../boards/board-record.ts';
import { MOST_KEPT_TEXT } from '../boards/limits.ts';
import { codeText } from '../code-text.ts';
import { systemErrorCode } from '../errors.ts';
import { LastingWrite } from '../lasting-write.ts';
import { makeFolder } from '../make-folder.ts';
import { replaceFile } from '../replace-file.ts';
import { type OnMessage, type Told, tell } from '../words.ts';

/** The most acts that are kept: a year of some thirty a day, in some two megabytes. */
const MOST_ENTRIES = 10_000;

const text = v.pipe(v.string(), v.transform(shortened));

const entrySchema = v.object({
  /** Milliseconds since 1970. */
  atMs: v.number(),
  /** Who did it; `mkbox` where a roll-out went on or stopped by itself, or a board was stopped. */
  by: text,
  act: v.picklist([
    'hold',
    'release',
    'pin',
    'unpin',
    'serve once',
    'fault',
    'tag',
    'rename',
    'forget',
    'stop',
    'roll-out',
    'serve build',
    'publish',
  ]),
  why: v.exactOptional(text),
  /** The board's ID. */
  board: v.exactOptional(text),
  /** What the board was called then. */
  name: v.exactOptional(text),
  /** `<box>/<image>`. */
  image: v.exactOptional(text),
  build: v.exactOptional(text),
  /** What else is to be said of it: the tags, the new name, the step of a roll-out. */
  detail: v.exactOptional(text),
});

/** An act, with who did it, when, and why if they said so. */
export type AuditEntry = Readonly<v.InferOutput<typeof entrySchema>>;

/** What an audit log is about. */
export type AuditSubject = { readonly board: string } | { readonly image: string };

/** A log of what people decided: JSON lines in a file that is bounded, and in memory. No fault of the file is fatal. */
export class AuditLog {
  readonly #path: string | undefined;
  readonly #writing: LastingWrite;
  #entries: AuditEntry[] = [];
  /** How many of the last ones are not in the file. */
  #unwritten = 0;
  #linesInFile = 0;
  /** The last line in the file may have no end: a write was cut off. What comes behind it begins a line of its own. */
  #isTorn = false;

  private constructor(filePath: string | undefined, onMessage: OnMessage) {
    this.#path = filePath;
    this.#writing = new LastingWrite(
      () => this.#write(),
      (code) => tell(onMessage, unkept(filePath, code)),
    );
  }

  /** Reads what is in the file; a line that is none of ours is left out. Without a `filePath`, only memory has it. */
  static async open(filePath: string | undefined, onMessage: OnMessage): Promise<AuditLog> {
    const log = new AuditLog(filePath, onMessage);
    if (filePath === undefined) return log;
    try {
      const text = await readFile(filePath, 'utf8');
      const lines = text.split('\n').filter((line) => line !== '');
      const acts = new Set(lines); // a write that was cut off behind some was done again
      log.#isTorn = text !== '' && !text.endsWith('\n');
      log.#entries = [...acts].slice(-MOST_ENTRIES).flatMap(parse);
      log.#linesInFile = lines.length;
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      if (code !== 'ENOENT') tell(onMessage, unkept(filePath, code));
    }
    return log;
  }

  /** All acts, oldest first. */
  get entries(): readonly AuditEntry[] {
    return this.#entries;
  }

  /** The last `most` acts about a board or an image, newest first. */
  about(subject: AuditSubject, most: number): readonly AuditEntry[] {
    const [[key, id] = []] = Object.entries(subject);
    const isAbout = (entry: AuditEntry) => entry[key as 'board' | 'image'] === id;
    const found: AuditEntry[] = [];
    for (let at = this.#entries.length - 1; at >= 0 && found.length < most; at--) {
      const entry = this.#entries[at];
      if (entry !== undefined && isAbout(entry)) found.push(entry);
    }
    return found;
  }

  /** Adds an act, its texts cut. It is in the file soon. */
  record(act: AuditEntry): void {
    const entry = v.parse(entrySchema, act);
    this.#entries.push(entry);
    if (this.#entries.length > MOST_ENTRIES) this.#entries = this.#entries.slice(-MOST_ENTRIES / 2);
    if (this.#path === undefined) return;
    this.#unwritten++;
    this.#writing.schedule(0);
  }

  /** Settles when everything is in the file, or can't be: then that was told. */
  async close(): Promise<void> {
    await this.#writing.flush();
  }

  /** Writes what is not in the file: behind what is, or over it where that is full. */
  async #write(): Promise<void> {
    const filePath = this.#path;
    const count = this.#unwritten;
    if (filePath === undefined || count === 0) return;
    const lines = this.#entries.slice(-count).map(lineOf);
    if (this.#linesInFile + lines.length > MOST_ENTRIES) {
      const all = this.#entries.map(lineOf);
      await replaceFile(filePath, all);
      this.#linesInFile = all.length;
    } else {
      await makeFolder(path.dirname(filePath));
      const begin = this.#isTorn ? '\n' : '';
      this.#isTorn = true; // until all of it is there
      await appendFile(filePath, begin + lines.join(''), { mode: 0o600, flush: true });
      this.#linesInFile += lines.length;
    }
    this.#unwritten -= count;
    this.#isTorn = false;
  }
}

function unkept(filePath: string | undefined, code: string): Told {
  return (words) => words.t("can't keep the log of acts in {0} ({1})", filePath ?? '', codeText(code, words));
}

function shortened(text: string): string {
  return cut(text, MOST_KEPT_TEXT);
}

function lineOf(entry: AuditEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

function parse(line: string): AuditEntry[] {
  try {
    const { success, output } = v.safeParse(entrySchema, JSON.parse(line));
    return success ? [output] : [];
  } catch {
    return []; // the last line of a machine that lost power
  }
}
