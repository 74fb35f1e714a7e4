/** Bytes that can be read at any place: a raw image, or as much of one as was kept. */
export interface Disk {
  /** Bytes of the whole. */
  readonly size: number;
  /** Fills `buffer` from `position` on; returns how many bytes there were. */
  read(buffer: Buffer, position: number): Promise<number>;
}
