/** cpio(5), "New ASCII Format": a magic of 6 characters and 13 fields of 8 hexadecimal digits. */
const HEADER_BYTES = 110;
const MAGICS = ['070701', '070702'];
const FIELD_DIGITS = 8;
const FILE_SIZE_FIELD = 6;
const NAME_SIZE_FIELD = 11;
const LAST_NAME = 'TRAILER!!!';

/** A name longer than any path that Linux takes (PATH_MAX): the archive is damaged. */
const LONGEST_NAME_BYTES = 4096;

/**
 * Finds a file in a newc cpio archive that comes in pieces, without keeping the others. A name counts with `./` before
 * it, too, as find(1) writes it.
 */
export class NewcSearch {
  readonly #wanted: string;
  readonly #limit: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #skip = 0;

  /** `limit`: the most bytes that the file may have. */
  constructor(wanted: string, limit: number) {
    this.#wanted = wanted;
    this.#limit = limit;
  }

  /** Takes the next bytes: the file's content once it is there, `absent` where it can't come any more, else undefined. */
  push(chunk: Buffer): Buffer | 'absent' | undefined {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    if (skipped < chunk.length) this.#keep(chunk.subarray(skipped));
    while (this.#skip === 0) {
      const member = this.#member();
      if (member === undefined || member === 'absent') return member;
      if (member.isWanted) return this.#contentOf(member);
      this.#drop(member.end);
    }
    return undefined;
  }

  /** The member that the pending bytes begin with, once its name is there. */
  #member() {
    if (this.#pendingBytes < HEADER_BYTES) return undefined;
    const head = this.#joined();
    if (!MAGICS.includes(head.toString('latin1', 0, 6))) return 'absent' as const;
    const nameEnd = HEADER_BYTES + field(head, NAME_SIZE_FIELD);
    const size = field(head, FILE_SIZE_FIELD);
    if (!(nameEnd <= HEADER_BYTES + LONGEST_NAME_BYTES && size >= 0)) return 'absent' as const;
    if (head.length < nameEnd) return undefined;
    const name = head.toString('utf8', HEADER_BYTES, nameEnd - 1);
    if (name === LAST_NAME) return 'absent' as const;
    const content = padded(nameEnd);
    const isWanted = name === this.#wanted || name === `./${this.#wanted}`;
    return { isWanted, content, size, end: padded(content + size) };
  }

  #contentOf({ content, size }: { content: number; size: number }): Buffer | 'absent' | undefined {
    if (size > this.#limit) return 'absent';
    return this.#pendingBytes < content + size ? undefined : this.#joined().subarray(content, content + size);
  }

  #keep(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #joined(): Buffer {
    const all = Buffer.concat(this.#pending);
    this.#pending = [all];
    return all;
  }

  #drop(count: number): void {
    const rest = this.#joined().subarray(count);
    this.#skip = Math.max(0, count - this.#pendingBytes);
    this.#pending = [rest];
    this.#pendingBytes = rest.length;
  }
}

function field(head: Buffer, index: number): number {
  const start = 6 + index * FIELD_DIGITS;
  return Number.parseInt(head.toString('latin1', start, start + FIELD_DIGITS), 16);
}

/** Names and contents end on a multiple of four bytes. */
function padded(position: number): number {
  return Math.ceil(position / 4) * 4;
}
