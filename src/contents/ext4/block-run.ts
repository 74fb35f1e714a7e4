/** Blocks of a file that lie one after another on the disk. */
export interface BlockRun {
  /** Its first block, counted within the file. Runs come in this order; what no run covers is zero. */
  readonly logical: number;
  /** The same, counted within the file system. */
  readonly physical: number;
  readonly blocks: number;
}

/** Reads a block of the file system, which stays the reader's. @throws DamagedVolume where there is none. */
export type BlockReader = (block: number) => Promise<Buffer>;
