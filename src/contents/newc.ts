import {
  ALIGNMENT,
  HEADER_BYTES,
  isHeader,
  isOtherCpio,
  LAST_NAME,
  LONGEST_NAME_BYTES,
  MAGIC_BYTES,
  MOST_MEMBERS,
  newcNumber,
  padded,
} from './newc-header.ts';

/** What is wrong with an archive. */
export type NewcFault = 'damaged' | 'cut' | 'of another format' | 'too many members';

type Step =
  | { readonly kind: 'header' }
  | { readonly kind: 'name'; readonly size: number }
  | { readonly kind: 'content' }
  | { readonly kind: 'skip'; left: number; readonly isLast: boolean }
  /** Behind an archive: the zeros so far. */
  | { readonly kind: 'gap'; bytes: number }
  /** Behind the last archive, or where nothing can be read any more. */
  | { readonly kind: 'end'; readonly fault: NewcFault | undefined };

/**
 * Reads newc cpio archives that come in pieces to their end, and keeps one file of them: each byte is looked at once, and
 * copied if it is a header's, a name's or that file's. A name counts with `./` before it, too, as find(1) writes it.
 * Archives may follow one another, with zeros between them; anything else behind one ends them, as with Linux.
 */
export class NewcReader {
  readonly #wanted: readonly string[];
  readonly #limit: number;
  readonly #field: Buffer;
  #fieldBytes = 0;
  /** Bytes of the field that the step takes. */
  #fieldWanted = HEADER_BYTES;
  #step: Step = { kind: 'header' };
  #members = 0;
  /** Of a header that may begin another archive: the zeros before it. */
  #gapBytes: number | undefined;
  /** Of the member that is read: bytes of its content. */
  #size = 0;
  #found: Buffer | undefined;

  /** `limit`: the most bytes that the file may have; a longer one counts as none. */
  constructor(wanted: string, limit: number) {
    this.#wanted = [wanted, `./${wanted}`];
    this.#limit = limit;
    this.#field = Buffer.alloc(Math.max(limit, HEADER_BYTES + LONGEST_NAME_BYTES) + 4);
  }

  /** The file's content, once it is there; of several, the last, as Linux unpacks them. */
  get found(): Buffer | undefined {
    return this.#found;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#step.kind !== 'end'; ) {
      if (this.#step.kind === 'skip') {
        const skipped = Math.min(this.#step.left, chunk.length - at);
        this.#step.left -= skipped;
        at += skipped;
        if (this.#step.left === 0) this.#passed(this.#step.isLast);
      } else if (this.#step.kind === 'gap') {
        const zeros = zerosFrom(chunk, at);
        this.#step.bytes += zeros;
        at += zeros;
        if (at < chunk.length) this.#expectHeader(this.#step.bytes);
      } else {
        const taken = chunk.copy(this.#field, this.#fieldBytes, at, at + this.#fieldWanted - this.#fieldBytes);
        this.#fieldBytes += taken;
        at += taken;
        if (this.#fieldBytes === this.#fieldWanted) this.#take(this.#step);
      }
    }
  }

  /** Ends the archive here, and returns what is wrong with it. */
  finish(): NewcFault | undefined {
    if (this.#step.kind === 'end') return this.#step.fault;
    const isBehind = this.#step.kind === 'gap' || (this.#step.kind === 'header' && this.#gapBytes !== undefined);
    const isBegun = this.#fieldBytes >= MAGIC_BYTES && isHeader(this.#field);
    return isBehind && !isBegun ? undefined : 'cut';
  }

  #expect(step: Step, fieldBytes: number): void {
    this.#step = step;
    this.#fieldBytes = 0;
    this.#fieldWanted = fieldBytes;
  }

  /** `gapBytes`: where another archive may begin, the zeros before it. */
  #expectHeader(gapBytes?: number): void {
    this.#gapBytes = gapBytes;
    this.#expect({ kind: 'header' }, HEADER_BYTES);
  }

  /** Goes on behind a member that is read to its end. */
  #passed(isLast: boolean): void {
    if (isLast) this.#expect({ kind: 'gap', bytes: 0 }, 0);
    else this.#expectHeader();
  }

  #end(fault?: NewcFault): void {
    this.#step = { kind: 'end', fault };
  }

  /** Reads the field, which is there to its end. */
  #take(step: Step): void {
    if (step.kind === 'header') {
      this.#takeHeader();
    } else if (step.kind === 'name') {
      this.#takeName(this.#field.toString('utf8', 0, step.size - 1));
    } else {
      this.#found = Buffer.from(this.#field.subarray(0, this.#size));
      this.#expectHeader();
    }
  }

  #takeHeader(): void {
    if (this.#gapBytes !== undefined && !isHeader(this.#field)) {
      this.#end();
      return;
    }
    const isAligned = (this.#gapBytes ?? 0) % ALIGNMENT === 0;
    const nameSize = newcNumber(this.#field, 'nameBytes');
    this.#size = newcNumber(this.#field, 'bytes');
    this.#members++;
    if (this.#members === 1 && isOtherCpio(this.#field)) {
      this.#end('of another format');
    } else if (
      !isAligned ||
      !isHeader(this.#field) ||
      !(nameSize >= 1 && nameSize <= LONGEST_NAME_BYTES) ||
      Number.isNaN(this.#size)
    ) {
      this.#end('damaged');
    } else if (this.#members > MOST_MEMBERS) {
      this.#end('too many members');
    } else {
      this.#expect({ kind: 'name', size: nameSize }, padded(HEADER_BYTES + nameSize) - HEADER_BYTES);
    }
  }

  #takeName(name: string): void {
    const isWanted = this.#wanted.includes(name);
    const isLast = name === LAST_NAME;
    const bytes = padded(this.#size);
    if (isWanted) this.#found = bytes === 0 ? Buffer.alloc(0) : undefined;
    if (bytes === 0) this.#passed(isLast);
    else if (isWanted && this.#size <= this.#limit) this.#expect({ kind: 'content' }, bytes);
    else this.#step = { kind: 'skip', left: bytes, isLast };
  }
}

/** How many zeros there are from that place on. */
function zerosFrom(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === 0) at++;
  return at - start;
}
