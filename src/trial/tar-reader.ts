import { BLOCK_BYTES, parsePax, parseTarHeader, type TarHeader } from './tar-header.ts';

/** What a header tells of the next one is short; more is no tar of an update server. */
const LONGEST_EXTENSION_BYTES = 64 * 1024;

/** The bytes that were read are no tar, or end within one. */
export class TarError extends Error {
  override readonly name = 'TarError';
  readonly problem: 'not a tar' | 'ends early';

  constructor(problem: 'not a tar' | 'ends early') {
    super(problem);
    this.problem = problem;
  }
}

/** A file in a tar. */
export interface TarMember {
  readonly name: string;
  readonly size: number;
  /** Its bytes as they come. What is not read is passed over. */
  readonly content: AsyncIterable<Buffer>;
}

/** Reads a tar as it comes, with nothing of it in memory but the piece that came last. */
export class TarReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #piece: Buffer = Buffer.alloc(0);
  /** Of the member that was given last: bytes of its content that were not read, and of what fills up its last block. */
  #contentLeft = 0;
  #paddingLeft = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /**
   * The next file of the tar; undefined behind the last, when all that follows has been read, too.
   * @throws TarError, and what the source throws.
   */
  async next(): Promise<TarMember | undefined> {
    let told: { readonly name?: string; readonly size?: number } = {};
    for (;;) {
      await this.#pass(this.#contentLeft + this.#paddingLeft);
      const header = parseTarHeader(await this.#exactly(BLOCK_BYTES));
      if (header === 'not a tar') throw new TarError('not a tar');
      if (header === 'end') return this.#finish();
      const { name, size, type } = { ...header, ...told };
      this.#begin(size);
      if (type === 'x' || type === 'L') told = { ...told, ...(await this.#extension(header)) };
      else if (type === '0') return { name, size, content: this.#content() };
      else told = {};
    }
  }

  #begin(size: number): void {
    this.#contentLeft = size;
    this.#paddingLeft = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
  }

  async #extension({ size, type }: TarHeader): Promise<{ readonly name?: string; readonly size?: number }> {
    if (size > LONGEST_EXTENSION_BYTES) throw new TarError('not a tar');
    this.#begin(size);
    const content = await this.#exactly(size);
    this.#contentLeft = 0;
    return type === 'x' ? parsePax(content) : { name: content.toString('utf8').replace(/\0.*$/s, '') };
  }

  async *#content(): AsyncGenerator<Buffer> {
    while (this.#contentLeft > 0) {
      const bytes = await this.#some(this.#contentLeft);
      this.#contentLeft -= bytes.length;
      yield bytes;
    }
  }

  /** Reads on to the end of what comes, as curl does. */
  async #finish(): Promise<undefined> {
    while (!(await this.#pieces.next()).done);
    return undefined;
  }

  async #pass(count: number): Promise<void> {
    for (let left = count; left > 0; ) left -= (await this.#some(left)).length;
    this.#begin(0);
  }

  async #exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0; ) {
      const bytes = await this.#some(left);
      parts.push(bytes);
      left -= bytes.length;
    }
    return Buffer.concat(parts);
  }

  /** The next bytes, `most` of them at most, and at least one. */
  async #some(most: number): Promise<Buffer> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done) throw new TarError('ends early');
      this.#piece = next.value;
    }
    const bytes = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(bytes.length);
    return bytes;
  }
}
