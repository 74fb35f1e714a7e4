import { createHash, webcrypto } from 'node:crypto';

/** Files up to this size are digested on other threads, while the next ones are read. */
const SMALL_FILE_BYTES = 4 * 1024 ** 2;
/** Content that is in memory for that: a few files more than threads that digest them. */
const MOST_AHEAD_BYTES = 16 * 1024 ** 2;

/** SHA-256 of files, by keys: begun one after another, and all known when `finish` returns. */
export class FileDigests {
  readonly #digests = new Map<string, string>();
  readonly #ahead: { readonly bytes: number; readonly done: Promise<unknown> }[] = [];
  #aheadBytes = 0;

  /** Reads a file of so many bytes, to its end. @throws what reading it throws. */
  async add(key: string, bytes: number, pieces: AsyncIterable<Buffer>): Promise<void> {
    if (bytes > SMALL_FILE_BYTES) {
      const hash = createHash('sha256');
      for await (const piece of pieces) hash.update(piece);
      this.#digests.set(key, hash.digest('hex'));
      return;
    }
    const content = await wholeOf(bytes, pieces);
    const done = webcrypto.subtle
      .digest('SHA-256', content)
      .then((digest) => this.#digests.set(key, Buffer.from(digest).toString('hex')));
    this.#ahead.push({ bytes, done });
    this.#aheadBytes += bytes;
    while (this.#aheadBytes > MOST_AHEAD_BYTES) await this.#awaitFirst();
  }

  /** The digests of all files that were added. */
  async finish(): Promise<ReadonlyMap<string, string>> {
    while (this.#ahead.length > 0) await this.#awaitFirst();
    return this.#digests;
  }

  async #awaitFirst(): Promise<void> {
    const first = this.#ahead.shift();
    this.#aheadBytes -= first?.bytes ?? 0;
    await first?.done;
  }
}

/** The content of a file of so many bytes. Its only piece needs no copy: its memory is not used for another one. */
async function wholeOf(bytes: number, pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(piece.length === bytes ? piece : Buffer.from(piece));
  const [first = Buffer.alloc(0)] = parts;
  return parts.length > 1 ? Buffer.concat(parts) : first;
}
