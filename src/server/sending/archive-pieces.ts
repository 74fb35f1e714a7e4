import type { Segment } from '../decision/archive.ts';
import { pieceRoom } from '../limits.ts';
import type { ArchiveBody } from './archive-pump.ts';
import type { Block, ImageBlocks, TransferBlocks } from './image-blocks.ts';

/** A stretch of an archive in memory, until it is given back. */
export interface Piece {
  /** In the archive's order: bytes at hand and, at most once, some of a block of the image. */
  readonly buffers: readonly Buffer[];
  /** Bytes in all. */
  readonly length: number;
  readonly block: Block | undefined;
}

/** The archive of one transfer as pieces of memory, of which it holds few at a time. */
export class ArchivePieces {
  readonly #body: ArchiveBody;
  readonly #blocks: TransferBlocks;
  readonly #running: () => number;

  /** `running`: how many transfers share the `blocks` now. */
  constructor(body: ArchiveBody, blocks: ImageBlocks, running: () => number) {
    this.#body = body;
    this.#blocks = blocks.open(body.set.zst);
    this.#running = running;
  }

  /** Whether there is room to read one piece while another is sent. */
  get readsAhead(): boolean {
    return pieceRoom(this.#running()).readsAhead;
  }

  /**
   * Up to `mostBytes` bytes of the archive from `position` on, of the image no more than one block.
   * @throws ShortReadError when the image file is shorter than it was when the archive was laid out.
   */
  async take(position: number, mostBytes: number): Promise<Piece> {
    const buffers: Buffer[] = [];
    let length = 0;
    let block: Block | undefined;
    for (const segment of this.#body.archive.segments) {
      const from = position + length - segment.start;
      const left = mostBytes - length;
      if (from >= lengthOf(segment) || left === 0) continue;
      let bytes: Buffer;
      if (segment.kind === 'bytes') bytes = segment.bytes.subarray(from, from + left);
      else {
        block = await this.#blocks.take(from, pieceRoom(this.#running()).bytes);
        bytes = block.bytes.subarray(from - block.start, from - block.start + left);
      }
      buffers.push(bytes);
      length += bytes.length;
      if (from + bytes.length < lengthOf(segment)) break;
    }
    return { buffers, length, block };
  }

  /** Gives back a piece that was sent. */
  give({ block }: Piece): void {
    if (block !== undefined) this.#blocks.give(block);
  }

  /** Gives back all, once nobody reads or writes them any more. */
  close(): void {
    this.#blocks.close();
  }
}

function lengthOf(segment: Segment): number {
  return segment.kind === 'bytes' ? segment.bytes.length : segment.length;
}
