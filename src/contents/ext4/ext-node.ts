import { readMemory } from '../../images/read-memory.ts';
import { DamagedVolume, longTarget, tooManyEntries } from '../damaged-volume.ts';
import type { DiskPart } from '../disk-part.ts';
import { fileName } from '../file-name.ts';
import type { FileAttribute, FileNode, FileStatus, FolderChild } from '../file-node.ts';
import { attributesInBlock, attributesInInode, isContent, shownAttribute } from './attributes.ts';
import { mappedRuns } from './block-map.ts';
import type { BlockRun } from './block-run.ts';
import { checkAttributesBlock, checkExtentBlock, checkFolderBlock, inodeSeed } from './checksums.ts';
import { entriesIn, isIndexNode } from './directory.ts';
import { extentRuns } from './extents.ts';
import { inlineParts } from './inline-data.ts';
import { attributesBlock, blockMap, isIndexed, parseStatus, storageOf, tailOf } from './inode.ts';
import type { ExtLayout } from './layout.ts';

/** Bytes of content read at a time: few enough for the processor's cache. New memory costs more than reading into it. */
const CHUNK_BYTES = 128 * 1024;
/** Bytes of a folder read at a time, where its blocks follow one another. */
const FOLDER_PIECE_BYTES = 64 * 1024;
const ZEROS: Buffer = Buffer.alloc(CHUNK_BYTES);
/** symlink(7) has paths of 4096 bytes at most. */
const LONGEST_TARGET_BYTES = 4096;
/** A folder in an image has some thousand entries. */
const MOST_ENTRIES = 1_000_000;
/** The inode of the folder above, which an inline folder begins with in place of `.` and `..`. */
const INLINE_PARENT_BYTES = 4;

/** The file system that a file is of. */
export interface ExtNodes {
  readonly part: DiskPart;
  readonly layout: ExtLayout;
  /** The file with that inode, at once where it is in memory. @throws DamagedVolume, and what reading the disk may throw. */
  openNode(number: number): FileNode | Promise<FileNode>;
}

/** What was seen of a folder so far. */
interface Listed {
  entries: number;
  blocks: number;
}

/** A file of the file system. Of most, nothing but the status is asked for. */
export class ExtNode implements FileNode {
  readonly status: FileStatus;
  readonly #nodes: ExtNodes;
  /** What its inode lies in, and where. */
  readonly #piece: Buffer;
  readonly #at: number;

  /** The file with the inode `number`, which lies in `piece` at `at`. @throws DamagedVolume */
  constructor(nodes: ExtNodes, piece: Buffer, at: number, number: number) {
    this.status = parseStatus(piece, at, number, nodes.layout);
    this.#nodes = nodes;
    this.#piece = piece;
    this.#at = at;
  }

  get #inode(): Buffer {
    return this.#piece.subarray(this.#at, this.#at + this.#nodes.layout.inodeBytes);
  }

  /** What the checksums of its blocks begin with, where there are some. */
  get #checksumSeed(): number | undefined {
    const { checksumSeed } = this.#nodes.layout;
    return checksumSeed === undefined ? undefined : inodeSeed(checksumSeed, this.status.id, this.#inode);
  }

  *list(): Generator<Iterable<FolderChild> | Promise<Iterable<FolderChild>>> {
    if (this.status.type !== 'folder') return;
    const listed = { entries: 0, blocks: 0 };
    if (storageOf(this.#inode, this.status.type, this.#nodes.layout) === 'inline') {
      const [first, rest] = inlineParts(this.#inode);
      yield this.#childrenIn(first.subarray(INLINE_PARENT_BYTES), listed);
      yield this.#childrenIn(rest, listed);
      return;
    }
    const seed = this.#checksumSeed;
    const runs = this.#runs();
    if (Symbol.iterator in runs) {
      for (const run of runs) yield* this.#childrenOf(run, seed, listed);
      return;
    }
    const steps = runs[Symbol.asyncIterator]();
    for (;;) {
      let step: IteratorResult<BlockRun> | undefined;
      yield steps.next().then((next) => {
        step = next;
        return [];
      });
      if (step === undefined) throw new Error('a step of a list was not waited for');
      if (step.done === true) return;
      yield* this.#childrenOf(step.value, seed, listed);
    }
  }

  /** The files in blocks of a folder. */
  *#childrenOf(
    run: BlockRun,
    seed: number | undefined,
    listed: Listed,
  ): Generator<Iterable<FolderChild> | Promise<Iterable<FolderChild>>> {
    const { blockBytes } = this.#nodes.layout;
    listed.blocks = this.#checked(run, listed.blocks);
    const end = Math.min(run.blocks, Math.ceil(this.status.bytes / blockBytes) - run.logical);
    const most = Math.ceil(FOLDER_PIECE_BYTES / blockBytes);
    for (let at = 0; at < end; at += most) {
      const bytes = Math.min(most, end - at) * blockBytes;
      const piece = this.#nodes.part.read((run.physical + at) * blockBytes, bytes);
      for (let start = 0; start < bytes; start += blockBytes) {
        const isFirst = run.logical + at === 0 && start === 0;
        const read = (from: Buffer) => this.#childrenInBlock(blockIn(from, start, blockBytes), isFirst, seed, listed);
        yield piece instanceof Promise ? piece.then(read) : read(piece);
      }
    }
  }

  #childrenInBlock(block: Buffer, isFirst: boolean, seed: number | undefined, listed: Listed): Iterable<FolderChild> {
    const isIndex = isIndexed(this.#inode) && (isFirst || isIndexNode(block));
    if (seed !== undefined && !isIndex) checkFolderBlock(seed, block);
    return this.#childrenIn(block, listed);
  }

  /** The files in a block of a folder, or in a part of one that is kept in its inode. */
  #childrenIn(block: Buffer, listed: Listed): Iterable<FolderChild> {
    return entriesIn(block, this.#nodes.layout.hasFileTypes, (name, inode) => {
      listed.entries++;
      if (listed.entries > MOST_ENTRIES) throw tooManyEntries();
      return new ExtChild(this.#nodes, name, inode);
    });
  }

  async *read(): AsyncGenerator<Buffer> {
    if (this.status.type === 'file') yield* this.#content();
  }

  async target(): Promise<string> {
    if (this.status.type !== 'link') return '';
    if (this.status.bytes > LONGEST_TARGET_BYTES) throw longTarget();
    const pieces: Buffer[] = [];
    for await (const piece of this.#content()) pieces.push(Buffer.from(piece)); // it is only lent
    return fileName(Buffer.concat(pieces));
  }

  async attributes(): Promise<readonly FileAttribute[]> {
    const inode = this.#inode;
    const inInode = attributesInInode(tailOf(inode)).filter((attribute) => !isContent(attribute));
    const block = attributesBlock(inode, this.#nodes.layout);
    const inBlock = block === 0 ? [] : attributesInBlock(await this.#attributesBlock(block));
    return [...inInode, ...inBlock].map(shownAttribute);
  }

  async #attributesBlock(number: number): Promise<Buffer> {
    const { blocks, blockBytes, checksumSeed } = this.#nodes.layout;
    if (number >= blocks) throw new DamagedVolume(`there is no block ${number}`);
    const block = await this.#nodes.part.read(number * blockBytes, blockBytes);
    if (checksumSeed !== undefined) checkAttributesBlock(checksumSeed, number, block);
    return block;
  }

  async *#content(): AsyncGenerator<Buffer> {
    const { bytes } = this.status;
    if (storageOf(this.#inode, this.status.type, this.#nodes.layout) === 'inline') {
      const content = Buffer.concat(inlineParts(this.#inode));
      if (content.length < bytes) throw new DamagedVolume('a file ends before its size');
      if (bytes > 0) yield content.subarray(0, bytes);
      return;
    }
    const { blockBytes } = this.#nodes.layout;
    const memory = readMemory(Math.min(CHUNK_BYTES, bytes));
    let at = 0;
    let mapped = 0;
    for await (const run of this.#runs()) {
      mapped = this.#checked(run, mapped);
      const { logical, physical, blocks } = run;
      const start = Math.min(bytes, logical * blockBytes);
      yield* zeros(start - at);
      at = start;
      const end = Math.min(bytes, (logical + blocks) * blockBytes);
      while (at < end) {
        const piece = end - at < memory.length ? memory.subarray(0, end - at) : memory;
        await this.#nodes.part.fill(piece, physical * blockBytes + (at - logical * blockBytes));
        at += piece.length;
        yield piece;
      }
      if (at === bytes) return;
    }
    yield* zeros(bytes - at);
  }

  /** Where its blocks lie, as its inode says. */
  #runs(): Iterable<BlockRun> | AsyncIterable<BlockRun> {
    const { blocks, blockBytes } = this.#nodes.layout;
    const map = blockMap(this.#inode);
    const seed = this.#checksumSeed;
    const isMap = storageOf(this.#inode, this.status.type, this.#nodes.layout) === 'block map';
    const readBlock = async (number: number) => {
      if (number === 0 || number >= blocks) throw new DamagedVolume(`there is no block ${number}`);
      const block = await this.#nodes.part.read(number * blockBytes, blockBytes);
      if (!isMap && seed !== undefined) checkExtentBlock(seed, block);
      return block;
    };
    if (!isMap) return extentRuns(map, readBlock);
    return mappedRuns(map, Math.ceil(this.status.bytes / blockBytes), blockBytes, readBlock);
  }

  /**
   * How many blocks a file has with a further run, after those before. All of them are within the file system, and no more
   * than it has.
   */
  #checked({ physical, blocks }: BlockRun, before: number): number {
    const last = physical + blocks - 1;
    if (physical === 0 || last >= this.#nodes.layout.blocks) throw new DamagedVolume(`there is no block ${last}`);
    if (before + blocks > this.#nodes.layout.blocks)
      throw new DamagedVolume('a file has more blocks than the file system');
    return before + blocks;
  }
}

class ExtChild implements FolderChild {
  readonly name: string;
  readonly #nodes: ExtNodes;
  readonly #inode: number;

  constructor(nodes: ExtNodes, name: string, inode: number) {
    this.name = name;
    this.#nodes = nodes;
    this.#inode = inode;
  }

  open(): FileNode | Promise<FileNode> {
    return this.#nodes.openNode(this.#inode);
  }
}

/** Most pieces are one block. */
function blockIn(piece: Buffer, start: number, blockBytes: number): Buffer {
  return piece.length === blockBytes ? piece : piece.subarray(start, start + blockBytes);
}

function* zeros(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) yield ZEROS.subarray(0, Math.min(left, CHUNK_BYTES));
}
