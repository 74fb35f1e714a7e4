import type { ImageDisk } from '../../checks/image-disk.ts';

/** An open image that several readers use at a time. It is closed once: when it is retired and the last of them is done. */
export class SharedDisk {
  readonly #opening: Promise<ImageDisk>;
  readonly #onCloseFailed: (error: unknown) => void;
  #users = 0;
  #isRetired = false;
  #isClosed = false;

  constructor(opening: Promise<ImageDisk>, onCloseFailed: (error: unknown) => void) {
    this.#opening = opening;
    this.#onCloseFailed = onCloseFailed;
    opening.catch(() => this.retire()); // `use` passes the error on
  }

  get isUsed(): boolean {
    return this.#users > 0;
  }

  /** Whether it is closed as soon as nobody uses it, or could not be opened. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  /**
   * Calls `act` with the image, which stays open until that settles.
   * @throws what opening it throws, and what `act` throws.
   */
  async use<T>(act: (disk: ImageDisk) => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await act(await this.#opening);
    } finally {
      this.#users--;
      this.#closeIfDone();
    }
  }

  /** Closes it, as soon as nobody uses it. */
  retire(): void {
    this.#isRetired = true;
    this.#closeIfDone();
  }

  /** A descriptor that is closed twice, or while it is read from, may be another file's by then. */
  #closeIfDone(): void {
    if (!this.#isRetired || this.isUsed || this.#isClosed) return;
    this.#isClosed = true;
    const closing = this.#opening.then(
      (disk) => disk.close(),
      () => {}, // nothing was opened
    );
    closing.catch(this.#onCloseFailed);
  }
}
