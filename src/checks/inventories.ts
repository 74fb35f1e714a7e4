import { EventEmitter } from 'node:events';
import { open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { codeText } from '../code-text.ts';
import type { Inventory } from '../contents/inventory.ts';
import { systemErrorCode } from '../errors.ts';
import { replaceFile } from '../replace-file.ts';
import { HEAD_BYTES, packedPackageCount, packInventory, unpackInventory } from './inventory-file.ts';

/** Builds of a large lab over some months. */
const MOST_KEPT = 200;
/** Those of 10,000 files take some 500 kB each. */
const MOST_KEPT_BYTES = 128 * 1024 ** 2;

const SUFFIX = '.inventory';
const FILE_NAME = /^([0-9a-fA-F]{64})\.inventory$/;

/** What is known of a kept inventory without reading it. */
export interface KeptInventory {
  readonly buildId: string;
  /** When it was last kept or asked for: milliseconds since 1970. */
  readonly usedAtMs: number;
  /** Of its file. */
  readonly bytes: number;
}

/** How much is kept; what was not used for longest goes. */
export interface KeepingBounds {
  readonly mostKept: number;
  readonly mostBytes: number;
}

/**
 * The inventories of builds, also of those whose images are gone: a file each in a folder, named by the build. A damaged one
 * is passed over, and so is what is no inventory.
 */
export class Inventories {
  /**
   * `kept` is told when one is; `unkept`, why one can't be, as the system names it; `damaged`, of a file that is, in a line of
   * English.
   */
  readonly events = new EventEmitter<{ kept: [buildId: string]; unkept: [code: string]; damaged: [text: string] }>();
  readonly #folder: string;
  readonly #bounds: KeepingBounds;

  /** `folder` is made when there is something to keep. */
  constructor(folder: string, bounds: KeepingBounds = { mostKept: MOST_KEPT, mostBytes: MOST_KEPT_BYTES }) {
    this.#folder = folder;
    this.#bounds = bounds;
  }

  /** That of a build; undefined where none is kept that can be read. */
  async get(buildId: string): Promise<Inventory | undefined> {
    const file = this.#fileOf(buildId);
    if (file === undefined) return undefined;
    const content = await this.#read(file);
    if (content === undefined) return undefined;
    const read = await unpackInventory(content);
    const damage =
      'damage' in read ? read.damage : read.inventory.buildId === buildId ? undefined : 'it is of another build';
    if (damage !== undefined || 'damage' in read) {
      this.events.emit('damaged', `the inventory kept in ${file} is damaged (${damage}) and passed over`);
      return undefined;
    }
    await this.#touch(file);
    return read.inventory;
  }

  /** How many packages that of a build has, which takes no more than a look; undefined where none is kept that tells. */
  async packageCount(buildId: string): Promise<number | undefined> {
    const file = this.#fileOf(buildId);
    const head = file === undefined ? undefined : await this.#readHead(file);
    return head && packedPackageCount(head);
  }

  /** Those that are kept, the one that was used last first. What can't be read is told and left out. */
  async list(): Promise<KeptInventory[]> {
    const found = await Promise.all((await this.#names()).map((name) => this.#look(name)));
    return found.filter((kept) => kept !== undefined).sort((a, b) => b.usedAtMs - a.usedAtMs);
  }

  /** The builds of which one is kept whose ID begins so, in upper or lower case. */
  async find(beginning: string): Promise<string[]> {
    const kept = await this.list();
    return kept.map(({ buildId }) => buildId).filter((id) => id.toLowerCase().startsWith(beginning.toLowerCase()));
  }

  /** Keeps an inventory that says what build it is of. What the system does not let be kept is told, not thrown. */
  async keep(inventory: Inventory): Promise<void> {
    if (inventory.buildId !== undefined) await this.keepContent(inventory.buildId, await packInventory(inventory));
  }

  /** As `keep`, of what `packInventory` made of that build's inventory. */
  async keepContent(buildId: string, content: Uint8Array): Promise<void> {
    const file = this.#fileOf(buildId);
    if (file === undefined) return;
    try {
      await replaceFile(file, [content]);
      await this.#makeRoom();
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      this.events.emit('unkept', code);
      return;
    }
    this.events.emit('kept', buildId);
  }

  /** Undefined for what is no build ID: it must not lead elsewhere. */
  #fileOf(buildId: string): string | undefined {
    const name = buildId + SUFFIX;
    return FILE_NAME.test(name) ? path.join(this.#folder, name) : undefined;
  }

  async #read(file: string): Promise<Buffer | undefined> {
    try {
      const { size } = await stat(file);
      if (size <= this.#bounds.mostBytes) return await readFile(file);
      this.events.emit('damaged', `${file} is too large to be an inventory, and passed over`);
    } catch (error) {
      this.#passOver(file, error);
    }
    return undefined;
  }

  async #readHead(file: string): Promise<Buffer | undefined> {
    try {
      await using opened = await open(file);
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, (await opened.read(head, 0, head.length, 0)).bytesRead);
    } catch (error) {
      this.#passOver(file, error);
      return undefined;
    }
  }

  /** One that is read from a folder that can't be written has no later use noted. */
  async #touch(file: string): Promise<void> {
    const now = new Date();
    try {
      await utimes(file, now, now);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      this.#passOver(this.#folder, error);
      return [];
    }
  }

  async #look(name: string): Promise<KeptInventory | undefined> {
    const [, buildId] = FILE_NAME.exec(name) ?? [];
    if (buildId === undefined) return undefined;
    const file = path.join(this.#folder, name);
    try {
      const stats = await stat(file);
      return stats.isFile() ? { buildId, usedAtMs: stats.mtimeMs, bytes: stats.size } : undefined;
    } catch (error) {
      this.#passOver(file, error);
      return undefined;
    }
  }

  /** What is absent is not kept, or not any more; what can't be read is told. */
  #passOver(file: string, error: unknown): void {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') this.events.emit('damaged', `can't read ${file} (${codeText(code)})`);
  }

  async #makeRoom(): Promise<void> {
    let bytes = 0;
    for (const [index, kept] of (await this.list()).entries()) {
      bytes += kept.bytes;
      const isOver = index >= this.#bounds.mostKept || bytes > this.#bounds.mostBytes;
      if (isOver && index > 0) await rm(path.join(this.#folder, kept.buildId + SUFFIX), { force: true });
    }
  }
}
