import type { FileIdentity, PinnedFile } from '../../images/pinned-file.ts';
import { BufferPool } from './buffer-pool.ts';

/** The image file ended before its pinned size: somebody is writing to it. */
export class ShortReadError extends Error {
  override readonly name = 'ShortReadError';
}

/** A stretch of an image file, in memory. */
export interface Block {
  /** Where it begins in the file, in bytes. */
  readonly start: number;
  readonly bytes: Buffer;
}

/** The blocks of one transfer. */
export interface TransferBlocks {
  /**
   * The block of `blockBytes` bytes that has the byte at `position` of the file; it is shorter where the file ends.
   * Give it back when it was sent.
   * @throws ShortReadError when the file is shorter than it was when it was pinned.
   */
  take(position: number, blockBytes: number): Promise<Block>;
  give(block: Block): void;
  /** Gives back all, once nobody reads or writes them any more. */
  close(): void;
}

/** Bytes of blocks that nobody sends now and others may soon: boards that boot together are seconds apart. */
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Times are stamped by the kernel's tick, and by some file systems in steps of two seconds: in a file older than that, a
 * later write shows. Blocks of a younger one are not shared.
 */
const SHARED_AFTER_MS = 3_000;

/** A file that transfers send, and the blocks of it that they share. */
interface SharedFile {
  readonly blocks: Map<string, HeldBlock>;
  transfers: number;
}

interface HeldBlock extends Block {
  /** What `bytes` is the beginning of. */
  readonly buffer: Buffer;
  /** Its key among the file's blocks; undefined if it is not shared. */
  readonly key: string | undefined;
  users: number;
  /** Settles when it was read; undefined once it was. */
  reading: Promise<void> | undefined;
}

/**
 * What was read of image files, shared by all transfers that send the same state of a file: a hundred boards that boot
 * together cost one read of each block. A block stays only while another transfer of that file may want it.
 */
export class ImageBlocks {
  readonly #pool = new BufferPool();
  readonly #files = new Map<string, SharedFile>();
  /** Blocks that nobody uses now, the longest unused first. */
  readonly #kept = new Map<HeldBlock, SharedFile>();
  #keptBytes = 0;
  readonly #now: () => number;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Begins a transfer of `file`, which stays open until the result is closed. */
  open(file: PinnedFile): TransferBlocks {
    const name = nameOf(file.identity);
    const shared = this.#files.get(name) ?? { blocks: new Map(), transfers: 0 };
    this.#files.set(name, shared);
    shared.transfers++;
    /** The block behind each that was taken: the same one may be taken twice before it is given back. */
    const taken = new Map<Block, HeldBlock>();
    const give = (block: Block) => {
      const held = taken.get(block);
      if (held !== undefined && taken.delete(block)) this.#give(shared, held);
    };
    return {
      take: async (position, blockBytes) => {
        const held = this.#take(shared, file, position - (position % blockBytes), blockBytes);
        const block = { start: held.start, bytes: held.bytes };
        taken.set(block, held);
        if (held.reading !== undefined) await held.reading;
        return block;
      },
      give,
      close: () => {
        for (const block of taken.keys()) give(block);
        shared.transfers--;
        if (shared.transfers > 0) return;
        for (const block of shared.blocks.values()) this.#drop(shared, block);
        this.#files.delete(name);
      },
    };
  }

  #take(shared: SharedFile, file: PinnedFile, start: number, blockBytes: number): HeldBlock {
    const key = this.#isOld(file.identity) ? `${blockBytes}@${start}` : undefined;
    const known = key === undefined ? undefined : shared.blocks.get(key);
    if (known !== undefined) {
      known.users++;
      if (this.#kept.delete(known)) this.#keptBytes -= known.buffer.length;
      return known;
    }
    const buffer = this.#pool.take(blockBytes);
    const bytes = buffer.subarray(0, Math.min(blockBytes, file.size - start));
    const block: HeldBlock = { start, bytes, buffer, key, users: 1, reading: undefined };
    block.reading = fill(bytes, file, start).then(
      () => {
        block.reading = undefined;
      },
      (error: unknown) => {
        // whoever comes now reads again
        if (key !== undefined) shared.blocks.delete(key);
        throw error;
      },
    );
    if (key !== undefined) shared.blocks.set(key, block);
    return block;
  }

  #give(shared: SharedFile, block: HeldBlock): void {
    block.users--;
    if (block.users > 0) return;
    const isWanted = shared.transfers > 1 && block.key !== undefined && shared.blocks.get(block.key) === block;
    if (!isWanted) {
      this.#drop(shared, block);
      return;
    }
    this.#kept.set(block, shared);
    this.#keptBytes += block.buffer.length;
    for (const [oldest, file] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) return;
      this.#drop(file, oldest);
    }
  }

  #isOld({ ctimeNs }: FileIdentity): boolean {
    return this.#now() - Number(ctimeNs / 1_000_000n) > SHARED_AFTER_MS;
  }

  /** Forgets a block that nobody uses; its buffer is free for another. */
  #drop(shared: SharedFile, block: HeldBlock): void {
    if (this.#kept.delete(block)) this.#keptBytes -= block.buffer.length;
    if (block.key !== undefined && shared.blocks.get(block.key) === block) shared.blocks.delete(block.key);
    this.#pool.give(block.buffer);
  }
}

async function fill(target: Buffer, file: PinnedFile, position: number): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const bytesRead = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new ShortReadError(`${file.path} ended at byte ${position + done}`);
    done += bytesRead;
  }
}

/** The same for the same state of the same file. */
function nameOf({ dev, ino, size, mtimeNs, ctimeNs }: FileIdentity): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
