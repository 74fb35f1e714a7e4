import { codeText } from '../code-text.ts';
import { systemErrorCode } from '../errors.ts';
import { isAbsence } from '../images/outage.ts';
import { ENGLISH, type OnMessage, type Told, type Words } from '../words.ts';

/** What can't be read for now is looked at again after this time. */
const LOOK_AGAIN_MS = 60_000;

/** What a folder of kept builds, or a file in it, is read for. */
const TEXTS = {
  builds: (words: Words, folder: string, code: string) =>
    words.t("can't read the builds kept in {0} ({1})", folder, codeText(code, words)),
  choices: (words: Words, file: string, code: string) =>
    words.t("can't read which builds to serve again from {0} ({1})", file, codeText(code, words)),
};

/** What could not be read: it is told once, and looked at again until it can be. */
export class Unread {
  readonly #onMessage: OnMessage;
  readonly #look: () => void;
  #told: ReadonlySet<string> = new Set();
  #found = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** `look`: called while something can't be read; it looks at all of it. */
  constructor(onMessage: OnMessage, look: () => void) {
    this.#onMessage = onMessage;
    this.#look = look;
  }

  /** A look at all of it begins. What can't be read is told unless that was so at the last look, too. */
  begin(): void {
    this.#told = this.#found;
    this.#found = new Set();
  }

  /** Whether something is there and can't be read, which is told; false where nothing is there. @throws what is a bug */
  isUnreadable(what: keyof typeof TEXTS, file: string, error: unknown): boolean {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (isAbsence(code)) return false;
    const told: Told = (words) => TEXTS[what](words, file, code);
    const text = told(ENGLISH);
    if (!this.#told.has(text) && !this.#found.has(text)) this.#onMessage(text, told);
    this.#found.add(text);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, LOOK_AGAIN_MS).unref();
    return true;
  }
}
