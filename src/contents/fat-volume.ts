import { readMemory } from '../images/read-memory.ts';
import { DamagedVolume, damagedName } from './damaged-volume.ts';
import type { Disk } from './disk.ts';
import { entriesOf, type FolderEntry } from './fat-folder.ts';
import type { FileAttribute, FileNode, FileStatus, FolderChild } from './file-node.ts';
import type { Partition } from './partitions.ts';

/** Bytes of a file read at a time, where its clusters follow one another. */
const CHUNK_BYTES = 256 * 1024;
/** Bytes of the table read at a time. */
const TABLE_PAGE_BYTES = 4096;
/** 4 MiB: the whole table of a volume of 512 MiB, so that a file that jumps to and fro costs no more than its reading. */
const MOST_TABLE_PAGES = 1024;
/** fatgen103, "FAT Directory Structure": a folder has 65,536 entries at most. One in a circle ends there, too. */
const LARGEST_FOLDER_BYTES = 65_536 * 32;

const SIGNATURE = 0xaa55;
const SECTOR_SIZES = [512, 1024, 2048, 4096];

/** Where the parts of a volume lie: bytes from its beginning. */
interface Layout {
  readonly tableStart: number;
  /** Bytes of an entry of the table: FAT16 or FAT32. */
  readonly entryBytes: 2 | 4;
  /** The root folder: a cluster of FAT32, a place of its own in FAT16. */
  readonly root: { readonly cluster: number } | { readonly start: number; readonly bytes: number };
  /** Where the first cluster lies, which has the number 2. */
  readonly dataStart: number;
  readonly clusterBytes: number;
  readonly clusters: number;
}

/**
 * A FAT16 or FAT32 file system, as "FAT: General Overview of On-Disk Format" (Microsoft, fatgen103, version 1.03) and
 * Linux have it. What it says of itself may be wrong: no chain of clusters is followed further than its file is long.
 */
export class FatVolume {
  readonly #disk: Disk;
  readonly #start: number;
  readonly #layout: Layout;
  /** The pages of the table that were read last, by where they begin, oldest first. */
  readonly #pages = new Map<number, Buffer>();

  private constructor(disk: Disk, start: number, layout: Layout) {
    this.#disk = disk;
    this.#start = start;
    this.#layout = layout;
  }

  /**
   * The file system on a partition; undefined where there is none.
   * @throws what reading the disk may throw.
   */
  static async open(disk: Disk, { start, bytes }: Partition): Promise<FatVolume | undefined> {
    const sector = Buffer.alloc(512);
    const count = await disk.read(sector, start);
    const layout = count === sector.length ? layOut(sector, bytes) : undefined;
    return layout && new FatVolume(disk, start, layout);
  }

  /**
   * The file in the root folder with that name, in whichever case; undefined where there is none.
   * @throws DamagedVolume when the folder leads out of the volume, and what reading the disk may throw.
   */
  async find(name: string): Promise<FolderEntry | undefined> {
    const wanted = name.toUpperCase();
    for await (const entry of entriesOf(this.#rootFolder())) {
      if (!entry.isFolder && entry.name.toUpperCase() === wanted) return entry;
    }
    return undefined;
  }

  /** Its root folder, with all that is below it. */
  root(): FileNode {
    return new FatNode(this, undefined);
  }

  /**
   * What is in a folder; in the root folder, where none is given.
   * @throws DamagedVolume when the folder leads out of the volume or has no end, and what reading the disk may throw.
   */
  async *list(folder: FolderEntry | undefined): AsyncGenerator<FolderEntry> {
    let bytes = 0;
    const pieces = folder === undefined ? this.#rootFolder() : this.#clusters(folder.cluster);
    const counted = async function* () {
      for await (const piece of pieces) {
        bytes += piece.length;
        yield piece;
      }
    };
    yield* entriesOf(counted());
    if (bytes >= LARGEST_FOLDER_BYTES) throw new DamagedVolume('a folder has no end');
  }

  /** @throws DamagedVolume when the file's clusters end before it does, or lead out of the volume; what reading may throw. */
  async *read({ cluster, bytes }: FolderEntry): AsyncGenerator<Buffer> {
    const { clusterBytes, clusters } = this.#layout;
    if (bytes > clusters * clusterBytes) throw new DamagedVolume('the file is larger than the volume');
    const mostBytes = Math.max(CHUNK_BYTES, clusterBytes); // both are powers of two: a chunk ends with a cluster
    for (let left = bytes, next: number | undefined = cluster; left > 0; ) {
      const chunk = readMemory(Math.min(left, mostBytes));
      left -= chunk.length;
      // scattered clusters are gathered: whoever unpacks them would pay for each piece
      for (let filled = 0; filled < chunk.length; ) {
        if (next === undefined) throw new DamagedVolume('the file ends before its size');
        const start = this.#clusterStart(next);
        const run = await this.#run(next, chunk.length - filled);
        const part = chunk.subarray(filled, filled + run.bytes);
        await this.#fill(part, start);
        filled += part.length;
        next = left > 0 || filled < chunk.length ? await this.#after(run.last) : undefined;
      }
      yield chunk;
    }
  }

  async *#rootFolder(): AsyncGenerator<Buffer> {
    const { root } = this.#layout;
    if ('start' in root) {
      yield await this.#readAt(root.start, root.bytes);
      return;
    }
    yield* this.#clusters(root.cluster);
  }

  /** The clusters of a folder, as many as it may have. */
  async *#clusters(first: number): AsyncGenerator<Buffer> {
    const { clusterBytes } = this.#layout;
    let next: number | undefined = first;
    for (let read = 0; next !== undefined && read < LARGEST_FOLDER_BYTES; read += clusterBytes) {
      yield await this.#readAt(this.#clusterStart(next), clusterBytes);
      next = await this.#after(next);
    }
  }

  /** The contiguous clusters on the disk from `first` on, as many as `wanted` bytes take. */
  async #run(first: number, wanted: number): Promise<{ readonly last: number; readonly bytes: number }> {
    const { clusterBytes } = this.#layout;
    let last = first;
    let bytes = clusterBytes;
    for (; bytes < wanted && (await this.#after(last)) === last + 1; bytes += clusterBytes) last++;
    return { last, bytes };
  }

  /** The cluster after `cluster` in its chain; undefined at the end of the chain. */
  async #after(cluster: number): Promise<number | undefined> {
    const { tableStart, entryBytes } = this.#layout;
    const position = cluster * entryBytes;
    const at = position - (position % TABLE_PAGE_BYTES);
    const bytes = this.#pages.get(at) ?? (await this.#readPage(tableStart, at));
    if (entryBytes === 2) {
      const next = bytes.readUInt16LE(position - at);
      return next >= 0xfff8 ? undefined : next;
    }
    const next = bytes.readUInt32LE(position - at) & 0x0fffffff;
    return next >= 0x0ffffff8 ? undefined : next;
  }

  async #readPage(tableStart: number, at: number): Promise<Buffer> {
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= MOST_TABLE_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    const page = Buffer.alloc(TABLE_PAGE_BYTES);
    await this.#disk.read(page, this.#start + tableStart + at);
    this.#pages.set(at, page);
    return page;
  }

  #clusterStart(cluster: number): number {
    const { dataStart, clusterBytes, clusters } = this.#layout;
    if (!(cluster >= 2 && cluster < clusters + 2)) throw new DamagedVolume(`there is no cluster ${cluster}`);
    return dataStart + (cluster - 2) * clusterBytes;
  }

  async #readAt(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.#fill(bytes, position);
    return bytes;
  }

  /** Fills `bytes` with what the volume holds from `position` on. */
  async #fill(bytes: Buffer, position: number): Promise<void> {
    const count = await this.#disk.read(bytes, this.#start + position);
    if (count < bytes.length) throw new DamagedVolume('the image ends within the volume');
  }
}

/** A FAT file system keeps no owners and modes: these are what Linux shows unless it is told otherwise (mount(8)). */
const MODE = 0o755;
const WRITE_BITS = 0o222;

/** A file or a folder of a volume, the root folder without an entry. */
class FatNode implements FileNode {
  readonly status: FileStatus;
  readonly #volume: FatVolume;
  readonly #entry: FolderEntry | undefined;

  constructor(volume: FatVolume, entry: FolderEntry | undefined) {
    this.#volume = volume;
    this.#entry = entry;
    this.status = {
      type: entry === undefined || entry.isFolder ? 'folder' : 'file',
      mode: entry?.isReadOnly ? MODE & ~WRITE_BITS : MODE,
      uid: 0,
      gid: 0,
      bytes: entry?.bytes ?? 0,
      links: 1,
      modifiedAt: entry?.modifiedAt ?? 0,
      id: entry?.cluster ?? 0,
    };
  }

  async *list(): AsyncGenerator<FolderChild[]> {
    if (this.status.type !== 'folder') return;
    for await (const entry of this.#volume.list(this.#entry)) {
      if (/[/\0]/.test(entry.name) || entry.name === '') throw damagedName();
      yield [{ name: entry.name, open: () => new FatNode(this.#volume, entry) }];
    }
  }

  async *read(): AsyncGenerator<Buffer> {
    if (this.#entry !== undefined && this.status.type === 'file') yield* this.#volume.read(this.#entry);
  }

  async target(): Promise<string> {
    return '';
  }

  async attributes(): Promise<readonly FileAttribute[]> {
    return [];
  }
}

/** Reads the boot sector of a volume of `bytes`; undefined where it is none of FAT16 or FAT32. */
function layOut(sector: Buffer, bytes: number): Layout | undefined {
  const sectorBytes = sector.readUInt16LE(11);
  const sectorsPerCluster = sector.readUInt8(13);
  const isCluster = sectorsPerCluster > 0 && (sectorsPerCluster & (sectorsPerCluster - 1)) === 0;
  if (sector.readUInt16LE(510) !== SIGNATURE || !SECTOR_SIZES.includes(sectorBytes) || !isCluster) return undefined;
  const tableStart = sector.readUInt16LE(14) * sectorBytes;
  const rootBytes = sector.readUInt16LE(17) * 32;
  const smallTableSectors = sector.readUInt16LE(22);
  const isFat32 = smallTableSectors === 0; // as Linux tells it
  const tableBytes = (isFat32 ? sector.readUInt32LE(36) : smallTableSectors) * sectorBytes;
  const rootStart = tableStart + sector.readUInt8(16) * tableBytes;
  const dataStart = rootStart + Math.ceil(rootBytes / sectorBytes) * sectorBytes;
  const total = (sector.readUInt16LE(19) || sector.readUInt32LE(32)) * sectorBytes;
  if (tableBytes === 0 || total > bytes) return undefined;

  const clusterBytes = sectorsPerCluster * sectorBytes;
  const entryBytes = isFat32 ? 4 : 2;
  // a table that is too short for the volume ends it
  const clusters = Math.min(Math.floor((total - dataStart) / clusterBytes), tableBytes / entryBytes - 2);
  if (clusters < (isFat32 ? 1 : 4085)) return undefined; // fewer are FAT12
  const root = isFat32 ? { cluster: sector.readUInt32LE(44) } : { start: rootStart, bytes: rootBytes };
  return { tableStart, entryBytes, root, dataStart, clusterBytes, clusters };
}
