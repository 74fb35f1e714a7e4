import { systemErrorCode } from '../errors.ts';

/** A disk that has to spin up answers sooner; a network drive whose server is gone never does. */
const MOST_MS = 20_000;

/**
 * Asks the disk that a folder lies on. A question occupies one of the process's few threads until it is answered. One that
 * is not answered in time fails with `ETIMEDOUT`, and nothing else is asked there until its answer comes.
 */
export class DiskAnswers {
  readonly #mostMs: number;
  #missing = 0;
  /** Bugs that were met after their questions had failed: each is told to who asks next. */
  readonly #bugs: unknown[] = [];

  /** `mostMs`: what an answer may take, in milliseconds. */
  constructor(mostMs = MOST_MS) {
    this.#mostMs = mostMs;
  }

  /**
   * What `ask` comes to, at once if that is known at once.
   * @throws what `ask` throws; a system error where the answer, or one to an earlier question, is missing
   */
  to<T>(ask: () => T | Promise<T>): T | Promise<T> {
    if (this.#bugs.length > 0) throw this.#bugs.shift();
    if (this.#missing > 0) throw noAnswer();
    const answer = ask();
    return answer instanceof Promise ? this.#inTime(answer) : answer;
  }

  async #inTime<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const end = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        void this.#miss(answer);
        reject(noAnswer());
      }, this.#mostMs);
    });
    try {
      return await Promise.race([answer, end]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #miss(answer: Promise<unknown>): Promise<void> {
    this.#missing++;
    try {
      await answer;
    } catch (error) {
      if (systemErrorCode(error) === undefined) this.#bugs.push(error);
    } finally {
      this.#missing--;
    }
  }
}

/** As the system has it of a network drive that gives up: errno(3). */
function noAnswer(): Error {
  return Object.assign(new Error('the disk does not answer'), { code: 'ETIMEDOUT' });
}
