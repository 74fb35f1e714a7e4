import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';
import type { FileIdentity } from '../images/pinned-file.ts';
import { replaceFile } from '../replace-file.ts';
import { type Examination, isComplete } from './examination.ts';

/** The form of the file; another one is not read. */
const FORMAT = 1;

/** Examinations kept, oldest dropped first: more than the images of a large lab. Each takes some 600 bytes. */
const MOST_KEPT = 2_000;

/** Results that come together are written together. */
const SAVE_AFTER_MS = 500;

/**
 * What is known of files, by their identities, so that none is read twice: in memory, and in a file if one is given. A
 * file that is missing or damaged is a beginning with nothing. What was not looked into stays out of the file: the next
 * start may have the room for it.
 */
export class KnownExaminations {
  readonly #path: string | undefined;
  readonly #onFailure: (code: string) => void;
  /** Settles when what was kept has been read. */
  readonly loaded: Promise<void>;
  #byIdentity = new Map<string, Examination>();
  #saving: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failure: string | undefined;

  /**
   * Begins to read what was kept in the file at `filePath`; without one, nothing outlives the process. `onFailure` is told
   * why the file can't be written, as the system names it; once, until it can be or it is for another reason.
   */
  constructor(filePath?: string, onFailure: (code: string) => void = () => {}) {
    this.#path = filePath;
    this.#onFailure = onFailure;
    this.loaded = this.#load();
  }

  /** As the constructor, and waits until it has been read. */
  static async open(filePath?: string, onFailure?: (code: string) => void): Promise<KnownExaminations> {
    const known = new KnownExaminations(filePath, onFailure);
    await known.loaded;
    return known;
  }

  get(identity: FileIdentity): Examination | undefined {
    return this.#byIdentity.get(keyOf(identity));
  }

  set(identity: FileIdentity, examination: Examination): void {
    const key = keyOf(identity);
    this.#byIdentity.delete(key);
    this.#byIdentity.set(key, examination);
    for (const oldest of this.#byIdentity.keys()) {
      if (this.#byIdentity.size <= MOST_KEPT) break;
      this.#byIdentity.delete(oldest);
    }
    if (this.#path === undefined || !isComplete(examination)) return;
    this.#timer ??= setTimeout(() => void this.save(), SAVE_AFTER_MS).unref();
  }

  async #load(): Promise<void> {
    if (this.#path === undefined) return;
    const kept = parse(await readFile(this.#path, 'utf8').catch(() => ''));
    this.#byIdentity = new Map([...kept, ...this.#byIdentity]);
  }

  /** Writes now what waits to be written; never throws: what is lost is read again. */
  save(): Promise<void> {
    if (this.#timer === undefined || this.#path === undefined) return this.#saving;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const filePath = this.#path;
    this.#saving = this.#saving.then(async () => {
      try {
        const examinations = [...this.#byIdentity].filter(([, examination]) => isComplete(examination));
        await replaceFile(filePath, [JSON.stringify({ format: FORMAT, examinations })]);
        this.#failure = undefined;
      } catch (error) {
        const failure = systemErrorCode(error) ?? String(error);
        if (failure !== this.#failure) this.#onFailure(failure);
        this.#failure = failure;
      }
    });
    return this.#saving;
  }
}

/** All that tells one state of a file from another (stat(2)). */
export function keyOf({ dev, ino, size, mtimeNs, ctimeNs }: FileIdentity): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

function parse(text: string): Map<string, Examination> {
  try {
    const { format, examinations } = JSON.parse(text);
    const known = new Map<string, Examination>(format === FORMAT ? examinations : []);
    if (![...known.values()].every(isExamination)) return new Map();
    return new Map([...known].filter(([, examination]) => isComplete(examination)));
  } catch {
    return new Map();
  }
}

/** What is JSON of that format was written by this module, unless it was spoilt in a way that leaves it JSON. */
function isExamination({ zstSha256, content }: Examination): boolean {
  const told = content.kind === 'sound' ? content.rawSha256 : content.damage.problem;
  return typeof zstSha256 === 'string' && typeof told === 'string';
}
