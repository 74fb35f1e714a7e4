import type { BlockReader, BlockRun } from './block-run.ts';

const POINTER_BYTES = 4;
/** Pointers in an inode that lead to content; after them come one to a block of pointers, one to two levels, one to three. */
const DIRECT = 12;
const LEVELS = 3;

/**
 * The blocks of a file of `blocks` blocks, in the file's order, as ext2 and ext3 map them: `map` is that in its inode.
 * Pointers that are 0 stand for holes.
 * @throws DamagedVolume where a pointer leads out of the file system.
 */
export async function* mappedRuns(
  map: Buffer,
  blocks: number,
  blockBytes: number,
  readBlock: BlockReader,
): AsyncGenerator<BlockRun> {
  const perBlock = blockBytes / POINTER_BYTES;

  /** What `pointers` lead to, each through so many levels of pointers, from the file's block `logical` on. */
  async function* runsOf(pointers: Buffer, level: number, logical: number): AsyncGenerator<BlockRun> {
    const covered = perBlock ** level;
    let run: BlockRun | undefined;
    for (let at = 0, first = logical; at < pointers.length && first < blocks; at += POINTER_BYTES, first += covered) {
      const physical = pointers.readUInt32LE(at);
      if (physical === 0) continue;
      if (level > 0) {
        yield* runsOf(await readBlock(physical), level - 1, first);
      } else if (run !== undefined && run.logical + run.blocks === first && run.physical + run.blocks === physical) {
        run = { ...run, blocks: run.blocks + 1 };
      } else {
        if (run !== undefined) yield run;
        run = { logical: first, physical, blocks: 1 };
      }
    }
    if (run !== undefined) yield run;
  }

  yield* runsOf(map.subarray(0, DIRECT * POINTER_BYTES), 0, 0);
  let logical = DIRECT;
  for (let level = 1; level <= LEVELS && logical < blocks; level++) {
    const at = (DIRECT + level - 1) * POINTER_BYTES;
    yield* runsOf(map.subarray(at, at + POINTER_BYTES), level, logical);
    logical += perBlock ** level;
  }
}
