import { readFile, rename } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';
import type { FileIdentity } from '../images/pinned-file.ts';
import { LastingWrite } from '../lasting-write.ts';
import { type Examination, isComplete } from './examination.ts';

/** The most examinations kept, oldest dropped first: more than the images of a large lab. Each takes some 600 bytes. */
const MOST_KEPT = 2_000;

/** Results that come together are written together. */
const SAVE_AFTER_MS = 500;

/** Called about the file of examinations; neither is fatal. */
export interface KeepingEvents {
  /** It can't be written, by the system's name for the reason; once, until it can be or it is for another reason. */
  readonly onFailure?: (code: string) => void;
  /** It is damaged, in a line of English. */
  readonly onDamage?: (text: string) => void;
}

/**
 * What is known of files, by their identities, so that none is read twice: in memory, and in a file if one is given. A
 * damaged file is set aside, and its intact entries are used: each has a checksum, since a changed digit would refuse a
 * valid image. What was not looked into is not stored: the next start may have the room for it.
 */
export class KnownExaminations {
  readonly #path: string | undefined;
  readonly #events: KeepingEvents;
  readonly #write: LastingWrite;
  /** Settles when what was kept has been read. */
  readonly loaded: Promise<void>;
  #byIdentity = new Map<string, Examination>();

  /** Starts reading the file at `filePath`; without one, nothing outlives the process. */
  constructor(filePath?: string, events: KeepingEvents = {}) {
    this.#path = filePath;
    this.#events = events;
    this.#write = new LastingWrite(
      () => this.#replace(),
      (code) => events.onFailure?.(code),
    );
    this.loaded = this.#load();
  }

  /** Like the constructor, but waits until the file was read. */
  static async open(filePath?: string, events?: KeepingEvents): Promise<KnownExaminations> {
    const known = new KnownExaminations(filePath, events);
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
    this.#write.schedule(SAVE_AFTER_MS);
  }

  async #load(): Promise<void> {
    if (this.#path === undefined) return;
    const text = await this.#read(this.#path);
    if (text === undefined) return;
    // checking what is kept takes much code, which nobody waits for
    const { parseExaminations } = await import('./examination-file.ts');
    const { known, damage } = parseExaminations(text);
    this.#byIdentity = new Map([...known, ...this.#byIdentity]);
    if (damage !== undefined) await this.#setAside(this.#path, damage);
  }

  async #read(filePath: string): Promise<string | undefined> {
    try {
      return await readFile(filePath, 'utf8');
    } catch (error) {
      const code = systemErrorCode(error) ?? String(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#events.onDamage?.(`can't read ${filePath} (${code})`);
      return undefined;
    }
  }

  async #setAside(filePath: string, damage: string): Promise<void> {
    const aside = `${filePath}.damaged-${new Date().toISOString().replaceAll(':', '-')}`;
    const told = `the image checks kept in ${filePath} are damaged (${damage})`;
    try {
      await rename(filePath, aside);
      this.#events.onDamage?.(`${told}; the file was set aside as ${aside}, and those images are checked again`);
    } catch (error) {
      this.#events.onDamage?.(`${told}, and can't be set aside (${systemErrorCode(error) ?? error})`);
    }
    if (this.#byIdentity.size > 0) this.#write.schedule(SAVE_AFTER_MS);
  }

  /** Writes what is pending now. Never throws: what can't be written is told, and tried again. */
  async save(): Promise<void> {
    await this.#write.flush();
  }

  async #replace(): Promise<void> {
    if (this.#path === undefined) return;
    const { writeExaminations } = await import('./examination-file.ts');
    const complete = [...this.#byIdentity].filter(([, examination]) => isComplete(examination));
    await writeExaminations(this.#path, complete);
  }
}

/** All that tells one state of a file from another (stat(2)). */
export function keyOf(identity: FileIdentity): string {
  const known = KEYS.get(identity);
  if (known !== undefined) return known;
  const { dev, ino, size, mtimeNs, ctimeNs } = identity;
  const key = `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  KEYS.set(identity, key);
  return key;
}

/** Catalogs keep the identities of files that did not change, and writing five large numbers takes its time. */
const KEYS = new WeakMap<FileIdentity, string>();
