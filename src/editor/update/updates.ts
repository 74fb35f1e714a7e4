/** Why an update ends with its window. */
export const WINDOW_CLOSES = new Error('the window closes');

/** An update that is being carried out. */
interface Running {
  readonly closing: AbortController;
  readonly ended: Promise<void>;
}

/** The updates of boards that this window carries out. */
export class Updates {
  readonly #byBoard = new Map<string, Running>();

  /** Whether the board of that ID is being updated. */
  has(id: string): boolean {
    return this.#byBoard.has(id);
  }

  /** Carries out an update of a board. Its signal is aborted when the window closes. @throws what `update` throws */
  async run<T>(id: string, update: (closing: AbortSignal) => Promise<T>): Promise<T> {
    const closing = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#byBoard.set(id, { closing, ended });
    try {
      return await update(closing.signal);
    } finally {
      this.#byBoard.delete(id);
      resolve();
    }
  }

  /** Ends all as if the user had cancelled them, and waits for what they put back. */
  async close(): Promise<void> {
    const running = [...this.#byBoard.values()];
    for (const { closing } of running) closing.abort(WINDOW_CLOSES);
    await Promise.all(running.map(({ ended }) => ended));
  }
}
