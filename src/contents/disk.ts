/** Bytes that can be read at any place: a raw image, or as much of one as was kept. */
export interface Disk {
  /** Bytes of the whole. */
  readonly size: number;
  /** Fills `buffer` from `position` on; answers how many bytes there were, at once where they are in memory. */
  read(buffer: Buffer, position: number): number | Promise<number>;
}
