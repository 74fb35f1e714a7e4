import { bugText, systemErrorCode } from './errors.ts';

/** When a write that failed is tried again: a disk that is full stays so for a while. */
const AGAIN_AFTER_MS = 10_000;

/**
 * Writes what is to outlive the process, one write after another. What could not be written stays due, and is tried again
 * until it is there.
 */
export class LastingWrite {
  readonly #write: () => Promise<void>;
  readonly #onFailure: (code: string) => void;
  #isDue = false;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #failure: string | undefined;

  /**
   * `write` writes all that is due when it is called, and throws where it can't. `onFailure` is told why, by the system's
   * name for the reason, or with the stack of a bug; once, until it can be or it is for another reason.
   */
  constructor(write: () => Promise<void>, onFailure: (code: string) => void) {
    this.#write = write;
    this.#onFailure = onFailure;
  }

  /** Whether something is still to be written. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Something is to be written, in so many milliseconds, or when it is written next. */
  schedule(waitMs: number): void {
    this.#isDue = true;
    this.#timer ??= setTimeout(() => void this.flush(), waitMs).unref();
  }

  /** Writes what is due now. Never throws; answers why it can't be written, if so. */
  flush(): Promise<string | undefined> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.inTurn(async () => {
      if (this.#isDue) await this.#writeDue();
      return this.#failure;
    });
  }

  /** Does something between two writes. @throws what `act` throws */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {}); // whoever asked for it is told
    return done;
  }

  async #writeDue(): Promise<void> {
    this.#isDue = false; // what comes while it is written may not be in it
    try {
      await this.#write();
      this.#failure = undefined;
    } catch (error) {
      const code = systemErrorCode(error);
      const failure = code ?? 'a bug';
      if (failure !== this.#failure) this.#onFailure(code ?? bugText(error));
      this.#failure = failure;
      this.schedule(AGAIN_AFTER_MS);
    }
  }
}
