import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { code } from './sha256-thread-code.ts';

/** A SHA-256 in the making. Close it. */
export interface Sha256 {
  /** Takes the next bytes, which must stay as they are until this settles. */
  update(bytes: Buffer): Promise<void>;
  /** The digest of all bytes, in lower-case hexadecimal. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

/** A thread starts in 60 ms of a processor, in which one without instructions for SHA-256 hashes 25 MB. */
const WORTH_A_THREAD_BYTES = 32 * 1024 * 1024;

/** Bytes hashed before anything else may run: some milliseconds' work. */
const SLICE_BYTES = 1024 * 1024;

/** Room for the thread's own objects, in MB: it has next to none. */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };

/**
 * A SHA-256 of some `size` bytes: on a thread of its own where that is worth it, beside whatever else is done with them.
 * Bytes in shared memory (`sharedReadMemory`) get there without being copied.
 */
export function openSha256(size: number): Sha256 {
  return size < WORTH_A_THREAD_BYTES ? new SlicedSha256() : new ThreadedSha256();
}

/** Hashes on the thread that asks for it, which gets to other things in between. */
export class SlicedSha256 implements Sha256 {
  readonly #hash = createHash('sha256');
  /** Settles when all that was taken is hashed. */
  #hashed = Promise.resolve();

  update(bytes: Buffer): Promise<void> {
    this.#hashed = this.#hashed.then(() => this.#inSlices(bytes));
    return this.#hashed;
  }

  async digest(): Promise<string> {
    await this.#hashed;
    return this.#hash.digest('hex');
  }

  async #inSlices(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      if (at > 0) await setImmediate();
      this.#hash.update(bytes.subarray(at, at + SLICE_BYTES));
    }
  }

  async close(): Promise<void> {}
}

/** Hashes on another thread, and in the order in which it is asked to. */
class ThreadedSha256 implements Sha256 {
  readonly #thread = new Worker(code, { eval: typeof code === 'string', resourceLimits: HEAP_LIMITS });
  /** Of what was sent to the thread and not answered yet, in order. */
  readonly #waiting: PromiseWithResolvers<string>[] = [];
  #failure: Error | undefined;

  constructor() {
    this.#thread.on('message', (answer: string) => this.#waiting.shift()?.resolve(answer));
    this.#thread.on('error', (error) => this.#fail(error));
    this.#thread.on('exit', () => this.#fail(new Error('the thread that hashes has ended')));
  }

  async update(bytes: Buffer): Promise<void> {
    await this.#ask(bytes);
  }

  digest(): Promise<string> {
    return this.#ask('end');
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #ask(message: Buffer | 'end'): Promise<string> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<string>();
    this.#waiting.push(answer);
    this.#thread.postMessage(message);
    return answer.promise;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
