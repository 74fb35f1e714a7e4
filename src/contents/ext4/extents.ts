import { DamagedVolume } from '../damaged-volume.ts';
import { uint16, uint32 } from '../little-endian.ts';
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
 * The written extents of a file, in the file's order, as the tree below `root` (the map in its inode) says; at once where
 * all of them are in `root`, as those of most files are.
 * @throws DamagedVolume where the tree is no tree, or its entries are out of order.
 */
export function extentRuns(root: Buffer, readBlock: BlockReader): Iterable<BlockRun> | AsyncIterable<BlockRun> {
  const covered = { nodes: 0, end: 0 };
  const depth = depthOf(root);
  return depth === 0 ? leafRuns(root, covered) : runsBelow(root, depth, covered, readBlock);
}

/** What a walk over a tree has seen so far: nodes, and the end of what they cover; order keeps an extent from coming twice. */
interface Covered {
  nodes: number;
  end: number;
}

async function* runsBelow(
  node: Buffer,
  depth: number,
  covered: Covered,
  readBlock: BlockReader,
): AsyncGenerator<BlockRun> {
  for (const at of entriesOf(node, covered)) {
    const child = await readBlock(uint16(node, at + 8) * 2 ** 32 + uint32(node, at + 4));
    if (depthOf(child) !== depth - 1) throw damagedNode();
    yield* depth === 1 ? leafRuns(child, covered) : runsBelow(child, depth - 1, covered, readBlock);
  }
}

function* leafRuns(node: Buffer, covered: Covered): Generator<BlockRun> {
  for (const at of entriesOf(node, covered)) {
    const length = uint16(node, at + 4);
    const blocks = length > LONGEST_WRITTEN ? length - LONGEST_WRITTEN : length;
    if (blocks === 0) throw new DamagedVolume('an extent of a file is empty');
    const logical = uint32(node, at);
    covered.end = logical + blocks;
    const physical = uint16(node, at + 6) * 2 ** 32 + uint32(node, at + 8);
    if (length <= LONGEST_WRITTEN) yield { logical, physical, blocks };
  }
}

/** Where the entries of a node begin. */
function* entriesOf(node: Buffer, covered: Covered): Generator<number> {
  covered.nodes++;
  if (covered.nodes > MOST_NODES) throw new DamagedVolume('an extent tree has too many nodes');
  const end = HEADER_BYTES + uint16(node, ENTRIES_AT) * ENTRY_BYTES;
  if (end > node.length) throw damagedNode();
  for (let at = HEADER_BYTES; at < end; at += ENTRY_BYTES) {
    if (uint32(node, at) < covered.end) throw new DamagedVolume('the extents of a file are out of order');
    yield at;
  }
}

function depthOf(node: Buffer): number {
  const depth = uint16(node, DEPTH_AT);
  if (uint16(node, 0) !== MAGIC || depth > MOST_DEPTH) throw damagedNode();
  return depth;
}

function damagedNode(): DamagedVolume {
  return new DamagedVolume('an extent tree has a damaged node');
}
