import { DamagedVolume } from '../damaged-volume.ts';
import type { BlockReader, BlockRun } from './block-run.ts';

/**
 * Linux, Documentation/filesystems/ext4/ifork.rst, "Extent Tree": a node is a header and entries, of 12 bytes each. All
 * numbers are little-endian.
 */
const MAGIC = 0xf30a;
const HEADER_BYTES = 12;
const ENTRY_BYTES = 12;
const ENTRIES_AT = 2;
const DEPTH_AT = 6;

/** No tree is deeper: it could not have more blocks. */
const MOST_DEPTH = 5;
/** Longer extents are unwritten: allocated, and zero. */
const LONGEST_WRITTEN = 32_768;

/** Nodes of a tree: a file of 4 GiB in single blocks has 3,100 with blocks of 4 KiB. */
const MOST_NODES = 100_000;

/**
 * The written extents of a file, in the file's order, as the tree below `root` (the map in its inode) says.
 * @throws DamagedVolume where the tree is no tree, or its entries are out of order.
 */
export async function* extentRuns(root: Buffer, readBlock: BlockReader): AsyncGenerator<BlockRun> {
  let nodes = 0;
  let end = 0; // of what was covered so far: order keeps an extent from coming twice

  async function* runsOf(node: Buffer, wantedDepth: number | undefined): AsyncGenerator<BlockRun> {
    nodes++;
    if (nodes > MOST_NODES) throw new DamagedVolume('an extent tree has too many nodes');
    const depth = depthOf(node, wantedDepth);
    const entries = node.readUInt16LE(ENTRIES_AT);
    if (HEADER_BYTES + entries * ENTRY_BYTES > node.length) throw damagedNode();
    for (let index = 0; index < entries; index++) {
      const at = HEADER_BYTES + index * ENTRY_BYTES;
      const logical = node.readUInt32LE(at);
      if (logical < end) throw new DamagedVolume('the extents of a file are out of order');
      if (depth > 0) {
        const child = node.readUInt16LE(at + 8) * 2 ** 32 + node.readUInt32LE(at + 4);
        yield* runsOf(await readBlock(child), depth - 1);
        continue;
      }
      const length = node.readUInt16LE(at + 4);
      const blocks = length > LONGEST_WRITTEN ? length - LONGEST_WRITTEN : length;
      if (blocks === 0) throw new DamagedVolume('an extent of a file is empty');
      end = logical + blocks;
      const physical = node.readUInt16LE(at + 6) * 2 ** 32 + node.readUInt32LE(at + 8);
      if (length <= LONGEST_WRITTEN) yield { logical, physical, blocks };
    }
  }

  yield* runsOf(root, undefined);
}

function depthOf(node: Buffer, wanted: number | undefined): number {
  const depth = node.readUInt16LE(DEPTH_AT);
  const isRight = node.readUInt16LE(0) === MAGIC && depth <= MOST_DEPTH && (wanted === undefined || depth === wanted);
  if (!isRight) throw damagedNode();
  return depth;
}

function damagedNode(): DamagedVolume {
  return new DamagedVolume('an extent tree has a damaged node');
}
