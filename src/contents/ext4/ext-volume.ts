import { DamagedVolume, longTarget, tooManyEntries } from '../damaged-volume.ts';
import type { Disk } from '../disk.ts';
import { readSuperblock } from '../ext-superblock.ts';
import { fileName } from '../file-name.ts';
import type { FileAttribute, FileNode, FileStatus, FolderChild } from '../file-node.ts';
import { PagedDisk } from '../paged-disk.ts';
import type { Partition } from '../partitions.ts';
import { attributesInBlock, attributesInInode, isContent, shownAttribute } from './attributes.ts';
import { mappedRuns } from './block-map.ts';
import type { BlockRun } from './block-run.ts';
import { checkAttributesBlock, checkDescriptor, checkExtentBlock, checkFolderBlock } from './checksums.ts';
import { entriesIn } from './directory.ts';
import { extentRuns } from './extents.ts';
import { descriptorPosition, inodeTableBlock } from './group-descriptors.ts';
import { inlineParts } from './inline-data.ts';
import { type Inode, parseInode } from './inode.ts';
import { type ExtLayout, type ExtRefusal, parseLayout } from './layout.ts';

const ROOT_INODE = 2;
/** Bytes of content read at a time. */
const CHUNK_BYTES = 256 * 1024;
const ZEROS: Buffer = Buffer.alloc(CHUNK_BYTES);
/** symlink(7) has paths of 4096 bytes at most. */
const LONGEST_TARGET_BYTES = 4096;
/** A folder in an image has some thousand entries. */
const MOST_ENTRIES = 1_000_000;
/** The inode of the folder above, which an inline folder begins with in place of `.` and `..`. */
const INLINE_PARENT_BYTES = 4;

/**
 * An ext2, ext3 or ext4 file system (Linux, Documentation/filesystems/ext4). What it says of itself may be wrong: depth,
 * entries and extents are bounded, and no file has more blocks than the file system.
 */
export class ExtVolume {
  readonly #pages: PagedDisk;
  readonly #layout: ExtLayout;
  /** By group: the block of its inode table. */
  readonly #tables = new Map<number, number>();

  private constructor(pages: PagedDisk, layout: ExtLayout) {
    this.#pages = pages;
    this.#layout = layout;
  }

  /**
   * The file system on a partition, or why it is not read; undefined where there is none.
   * @throws what reading the disk may throw.
   */
  static async open(disk: Disk, partition: Partition): Promise<ExtVolume | ExtRefusal | undefined> {
    const superblock = await readSuperblock(disk, partition);
    const layout = superblock && parseLayout(superblock);
    if (layout === undefined || 'kind' in layout) return layout;
    return new ExtVolume(new PagedDisk(disk, partition.start, layout.blocks * layout.blockBytes), layout);
  }

  /** Whether it was not unmounted: what its journal holds is not in place yet, and it is shown as it is on the disk. */
  get needsRecovery(): boolean {
    return this.#layout.needsRecovery;
  }

  /** Its root folder. @throws DamagedVolume, and what reading the disk may throw. */
  root(): Promise<FileNode> {
    return this.node(ROOT_INODE);
  }

  /** The file with that inode. @throws DamagedVolume, and what reading the disk may throw. */
  async node(number: number): Promise<FileNode> {
    return this.openNode(number);
  }

  /** As `node`, at once where the inode is in memory. */
  openNode(number: number): FileNode | Promise<FileNode> {
    const { inodes, inodesPerGroup, inodeBytes, blockBytes } = this.#layout;
    if (number < 1 || number > inodes) throw new DamagedVolume(`there is no inode ${number}`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    const table = this.#tables.get(group);
    if (table === undefined) return this.#findTable(group).then(() => this.openNode(number));
    const position = table * blockBytes + ((number - 1) % inodesPerGroup) * inodeBytes;
    const bytes = this.#pages.read(position, inodeBytes);
    return bytes instanceof Promise ? bytes.then((read) => this.#parse(read, number)) : this.#parse(bytes, number);
  }

  #parse(bytes: Buffer, number: number): FileNode {
    return new ExtNode(this, this.#pages, this.#layout, parseInode(bytes, number, this.#layout));
  }

  async #findTable(group: number): Promise<void> {
    const position = descriptorPosition(this.#layout, group);
    const { descriptorBytes, checksumSeed } = this.#layout;
    const descriptor = await this.#pages.read(position, descriptorBytes);
    if (checksumSeed !== undefined) checkDescriptor(checksumSeed, group, descriptor);
    const table = inodeTableBlock(descriptor);
    if (table === 0 || table >= this.#layout.blocks) throw new DamagedVolume(`group ${group} has no inode table`);
    this.#tables.set(group, table);
  }
}

/** A file of the file system. */
class ExtNode implements FileNode {
  readonly status: FileStatus;
  readonly #volume: ExtVolume;
  readonly #pages: PagedDisk;
  readonly #layout: ExtLayout;
  readonly #inode: Inode;

  constructor(volume: ExtVolume, pages: PagedDisk, layout: ExtLayout, inode: Inode) {
    this.#volume = volume;
    this.#pages = pages;
    this.#layout = layout;
    this.#inode = inode;
    this.status = inode.status;
  }

  async *list(): AsyncGenerator<Iterable<FolderChild>> {
    if (this.status.type !== 'folder') return;
    const listed = { entries: 0 };
    for await (const block of this.#folderBlocks()) yield this.#childrenIn(block, listed);
  }

  /** The files in a block of a folder; `listed` counts those of all its blocks. */
  *#childrenIn(block: Buffer, listed: { entries: number }): Generator<FolderChild> {
    for (const { name, inode } of entriesIn(block, this.#layout.hasFileTypes)) {
      listed.entries++;
      if (listed.entries > MOST_ENTRIES) throw tooManyEntries();
      yield { name, open: () => this.#volume.openNode(inode) };
    }
  }

  async *read(): AsyncGenerator<Buffer> {
    if (this.status.type === 'file') yield* this.#content();
  }

  async target(): Promise<string> {
    if (this.status.type !== 'link') return '';
    if (this.status.bytes > LONGEST_TARGET_BYTES) throw longTarget();
    const pieces: Buffer[] = [];
    for await (const piece of this.#content()) pieces.push(piece);
    return fileName(Buffer.concat(pieces));
  }

  async attributes(): Promise<readonly FileAttribute[]> {
    const { tail, attributesBlock } = this.#inode;
    const inInode = attributesInInode(tail).filter((attribute) => !isContent(attribute));
    const inBlock = attributesBlock === 0 ? [] : attributesInBlock(await this.#attributesBlock(attributesBlock));
    return [...inInode, ...inBlock].map(shownAttribute);
  }

  async #attributesBlock(number: number): Promise<Buffer> {
    const { blocks, blockBytes, checksumSeed } = this.#layout;
    if (number >= blocks) throw new DamagedVolume(`there is no block ${number}`);
    const block = await this.#pages.read(number * blockBytes, blockBytes);
    if (checksumSeed !== undefined) checkAttributesBlock(checksumSeed, number, block);
    return block;
  }

  /** Blocks of a folder that are there; its parts, where it is kept in its inode. */
  async *#folderBlocks(): AsyncGenerator<Buffer> {
    if (this.#inode.storage === 'inline') {
      const [first, rest] = inlineParts(this.#inode);
      yield first.subarray(INLINE_PARENT_BYTES);
      yield rest;
      return;
    }
    const { blockBytes } = this.#layout;
    const { checksumSeed } = this.#inode;
    const blocks = Math.ceil(this.status.bytes / blockBytes);
    for await (const run of this.#runs()) {
      for (let index = 0; index < run.blocks && run.logical + index < blocks; index++) {
        const block = await this.#pages.read((run.physical + index) * blockBytes, blockBytes);
        if (checksumSeed !== undefined) checkFolderBlock(checksumSeed, block);
        yield block;
      }
    }
  }

  async *#content(): AsyncGenerator<Buffer> {
    const { bytes } = this.status;
    if (this.#inode.storage === 'inline') {
      const content = Buffer.concat(inlineParts(this.#inode));
      if (content.length < bytes) throw new DamagedVolume('a file ends before its size');
      if (bytes > 0) yield content.subarray(0, bytes);
      return;
    }
    const { blockBytes } = this.#layout;
    let at = 0;
    for await (const { logical, physical, blocks } of this.#runs()) {
      const start = Math.min(bytes, logical * blockBytes);
      yield* zeros(start - at);
      at = start;
      const end = Math.min(bytes, (logical + blocks) * blockBytes);
      for (; at < end; ) {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at));
        await this.#pages.fill(chunk, physical * blockBytes + (at - logical * blockBytes));
        at += chunk.length;
        yield chunk;
      }
      if (at === bytes) return;
    }
    yield* zeros(bytes - at);
  }

  /** Where its blocks lie; all of them are within the file system, and no more than it has. */
  async *#runs(): AsyncGenerator<BlockRun> {
    const { blocks, blockBytes } = this.#layout;
    const { map, storage, checksumSeed } = this.#inode;
    const readBlock = async (number: number) => {
      if (number === 0 || number >= blocks) throw new DamagedVolume(`there is no block ${number}`);
      const block = await this.#pages.read(number * blockBytes, blockBytes);
      if (storage === 'extents' && checksumSeed !== undefined) checkExtentBlock(checksumSeed, block);
      return block;
    };
    const fileBlocks = Math.ceil(this.status.bytes / blockBytes);
    const runs =
      storage === 'extents' ? extentRuns(map, readBlock) : mappedRuns(map, fileBlocks, blockBytes, readBlock);
    let mapped = 0;
    for await (const run of runs) {
      mapped += run.blocks;
      if (run.physical === 0 || run.physical + run.blocks > blocks) {
        throw new DamagedVolume(`there is no block ${run.physical + run.blocks - 1}`);
      }
      if (mapped > blocks) throw new DamagedVolume('a file has more blocks than the file system');
      yield run;
    }
  }
}

function* zeros(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) yield ZEROS.subarray(0, Math.min(left, CHUNK_BYTES));
}
