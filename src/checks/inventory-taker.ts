import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ImageChecks, ZstFile } from './image-checks.ts';
import type { Inventories } from './inventories.ts';
import type { InventoryReport, InventoryTask } from './inventory-task.ts';
import { code } from './inventory-worker-code.ts';
import type { Claims } from './judgement.ts';

/** Who comes while an inventory is taken shares the machine with it for no longer than a look takes to come. */
const PACES: Paces = { idle: 5_000, look: 250 };
/** After each time that it was interrupted it waits twice as long, up to this. */
const LONGEST_WAIT_MS = 10 * 60_000;
/** More builds than a server sees; what is beyond is not taken. */
const MOST_SEEN = 10_000;
/** An inventory of a million files takes some 300 MB. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 512 };

export interface TakerParts {
  readonly checks: ImageChecks;
  readonly inventories: Inventories;
  /** Whether something is under way that an inventory must not slow down, besides checks. */
  readonly isBusy: () => boolean;
  /** Told why there is no inventory of an image, in a line of English. */
  readonly onFailure: (text: string) => void;
  readonly paces?: Paces;
}

/** In milliseconds. */
export interface Paces {
  /** How long nothing else was to be done before an inventory is taken. */
  readonly idle: number;
  /** How often it is seen to that nothing else came. */
  readonly look: number;
}

/**
 * Takes and keeps the inventory of each build that was found right, on a thread, one after another, while nothing else is to
 * be done; it gives way at once. No build is tried twice, unless it was interrupted. Close it.
 */
export class InventoryTaker {
  readonly #parts: TakerParts;
  readonly #paces: Paces;
  readonly #seen = new Set<string>();
  readonly #waiting: (ZstFile & Claims)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #waitMs: number;
  #worker: Worker | undefined;
  #isClosed = false;

  constructor(parts: TakerParts) {
    this.#parts = parts;
    this.#paces = parts.paces ?? PACES;
    this.#waitMs = this.#paces.idle;
  }

  /** Ends what runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#worker?.terminate();
  }

  /** Takes a build's inventory when there is time, unless it is kept already. */
  add(set: ZstFile & Claims): void {
    if (this.#isClosed || this.#seen.size === MOST_SEEN || this.#seen.has(set.buildId)) return;
    this.#seen.add(set.buildId);
    this.#waiting.push(set);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isClosed || this.#worker !== undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#next();
    }, this.#waitMs).unref();
  }

  async #next(): Promise<void> {
    const set = this.#isBusy() ? undefined : this.#waiting.shift();
    if (set !== undefined && (await this.#take(set)) === 'interrupted') {
      this.#waiting.unshift(set);
      this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
    }
    if (this.#waiting.length > 0) this.#schedule();
  }

  #isBusy(): boolean {
    return this.#parts.checks.isExamining || this.#parts.isBusy();
  }

  async #take(set: ZstFile & Claims): Promise<'done' | 'interrupted'> {
    const { checks, inventories, onFailure } = this.#parts;
    const content = checks.known(set.identity)?.content;
    const [kept] = await inventories.find(set.buildId);
    if (content?.kind !== 'sound' || kept !== undefined || this.#isClosed) return 'done';
    const { root, folder, image, buildId } = set;
    const report = await this.#run({ root, folder, image, buildId, rawBytes: content.rawBytes });
    if (report === undefined) return 'interrupted';
    if (report.kind === 'none') onFailure(`no inventory of ${image} was taken: ${report.reason}`);
    else await inventories.keepContent(buildId, report.content);
    return 'done';
  }

  /** What came of it; undefined where it was interrupted. A damaged image may bring the thread down: that is no inventory. */
  async #run(workerData: InventoryTask): Promise<InventoryReport | undefined> {
    const worker = new Worker(code, { eval: typeof code === 'string', workerData, resourceLimits: HEAP_LIMITS });
    worker.unref();
    this.#worker = worker;
    const look = setInterval(() => this.#isBusy() && void worker.terminate(), this.#paces.look).unref();
    try {
      const ended = once(worker, 'exit').then(() => undefined);
      const [report] = (await Promise.race([once(worker, 'message'), ended])) ?? [];
      return report;
    } catch (error) {
      return { kind: 'none', reason: String(error) };
    } finally {
      clearInterval(look);
      await worker.terminate();
      this.#worker = undefined;
    }
  }
}
