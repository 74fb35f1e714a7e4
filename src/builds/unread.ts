import { systemErrorCode } from '../errors.ts';
import { isAbsence } from '../images/outage.ts';

/** What can't be read for now is looked at again after this time. */
const LOOK_AGAIN_MS = 60_000;

/** What could not be read: it is told once, in lines of English, and looked at again until it can be. */
export class Unread {
  readonly #onMessage: (text: string) => void;
  readonly #look: () => void;
  #told: ReadonlySet<string> = new Set();
  #found = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** `look`: called while something can't be read; it looks at all of it. */
  constructor(onMessage: (text: string) => void, look: () => void) {
    this.#onMessage = onMessage;
    this.#look = look;
  }

  /** A look at all of it begins. What can't be read is told unless that was so at the last look, too. */
  begin(): void {
    this.#told = this.#found;
    this.#found = new Set();
  }

  /** Whether something is there and can't be read, which is told; false where nothing is there. @throws what is a bug */
  isUnreadable(what: string, error: unknown): boolean {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (isAbsence(code)) return false;
    const text = `can't read ${what} (${code})`;
    if (!this.#told.has(text) && !this.#found.has(text)) this.#onMessage(text);
    this.#found.add(text);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, LOOK_AGAIN_MS).unref();
    return true;
  }
}
