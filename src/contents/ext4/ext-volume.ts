import { DamagedVolume, endsWithin } from '../damaged-volume.ts';
import type { Disk } from '../disk.ts';
import { DiskPart } from '../disk-part.ts';
import { readSuperblock } from '../ext-superblock.ts';
import type { FileNode } from '../file-node.ts';
import type { Partition } from '../partitions.ts';
import { checkDescriptor } from './checksums.ts';
import { ExtNode, type ExtNodes } from './ext-node.ts';
import { descriptorPosition, inodeTableBlock } from './group-descriptors.ts';
import { type ExtLayout, type ExtRefusal, parseLayout } from './layout.ts';

const ROOT_INODE = 2;
/** Inodes read at a time: those of files that were made together lie together. A power of two, as an inode's size is. */
const TABLE_PIECE_BYTES = 64 * 1024;

/**
 * An ext2, ext3 or ext4 file system (Linux, Documentation/filesystems/ext4). What it says of itself may be wrong: depth,
 * entries and extents are bounded, and no file has more blocks than the file system.
 */
export class ExtVolume implements ExtNodes {
  readonly part: DiskPart;
  readonly layout: ExtLayout;
  /** By group: the block of its inode table. */
  readonly #tables = new Map<number, number>();

  private constructor(part: DiskPart, layout: ExtLayout) {
    this.part = part;
    this.layout = layout;
  }

  /**
   * The file system on a partition, or why it is not read; undefined where there is none.
   * @throws what reading the disk may throw.
   */
  static async open(disk: Disk, partition: Partition): Promise<ExtVolume | ExtRefusal | undefined> {
    const superblock = await readSuperblock(disk, partition);
    const layout = superblock && parseLayout(superblock);
    if (layout === undefined || 'kind' in layout) return layout;
    return new ExtVolume(new DiskPart(disk, partition.start, layout.blocks * layout.blockBytes), layout);
  }

  /** Whether it was not unmounted: what its journal holds is not in place yet, and it is shown as it is on the disk. */
  get needsRecovery(): boolean {
    return this.layout.needsRecovery;
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
    const { inodes, inodesPerGroup, inodeBytes, blockBytes } = this.layout;
    if (number < 1 || number > inodes) throw new DamagedVolume(`there is no inode ${number}`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    const table = this.#tables.get(group);
    if (table === undefined) return this.#findTable(group).then(() => this.openNode(number));
    const at = ((number - 1) % inodesPerGroup) * inodeBytes;
    const within = at % TABLE_PIECE_BYTES;
    const pieceBytes = Math.min(TABLE_PIECE_BYTES, inodesPerGroup * inodeBytes - (at - within));
    const piece = this.part.readSome(table * blockBytes + at - within, pieceBytes);
    if (piece instanceof Promise) return piece.then((read) => this.#parse(read, within, number));
    return this.#parse(piece, within, number);
  }

  #parse(piece: Buffer, at: number, number: number): FileNode {
    if (at + this.layout.inodeBytes > piece.length) throw endsWithin();
    return new ExtNode(this, piece, at, number);
  }

  async #findTable(group: number): Promise<void> {
    const position = descriptorPosition(this.layout, group);
    const { descriptorBytes, checksumSeed } = this.layout;
    const descriptor = await this.part.read(position, descriptorBytes);
    if (checksumSeed !== undefined) checkDescriptor(checksumSeed, group, descriptor);
    const table = inodeTableBlock(descriptor);
    if (table === 0 || table >= this.layout.blocks) throw new DamagedVolume(`group ${group} has no inode table`);
    this.#tables.set(group, table);
  }
}
