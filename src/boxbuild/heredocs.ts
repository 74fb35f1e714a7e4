import { expand, type Word } from './words.ts';

interface Heredoc {
  /** The line that ends it. */
  readonly end: string;
  /** `<<-`: tabs before its lines don't count. */
  readonly isIndented: boolean;
  /** Nothing in it is expanded, and a backslash at the end of a line joins no lines. */
  readonly isQuoted: boolean;
}

/** An odd number of them: the others are pairs, each a backslash that is meant. */
const ENDS_IN_BACKSLASH = /(?<!\\)(?:\\\\)*\\$/;

/** The here-documents that begin on the next line: bash(1), "Here Documents". */
export class Heredocs {
  readonly #waiting: Heredoc[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Adds the one that ends with `mark`, which is written as `raw`; false if only bash can tell how it ends. */
  add(mark: Word | undefined, raw: string, isIndented: boolean): boolean {
    const end = mark && expand(mark);
    if (end === undefined) return false;
    this.#waiting.push({ end, isIndented, isQuoted: /["'\\]/.test(raw) });
    return true;
  }

  /** Adds those that a substitution left: they begin on the line after it. */
  addFrom(inner: Heredocs): void {
    this.#waiting.push(...inner.#waiting);
  }

  /** The offset behind all of them, which begin at `start`; undefined where one has no end. */
  skip(text: string, start: number, isInSubstitution: boolean): number | undefined {
    let at: number | undefined = start;
    for (const heredoc of this.#waiting.splice(0)) {
      at = at === undefined ? undefined : skipOne(heredoc, text, at, isInSubstitution);
    }
    return at;
  }
}

function skipOne(
  { end, isIndented, isQuoted }: Heredoc,
  text: string,
  start: number,
  isInSubstitution: boolean,
): number | undefined {
  let isJoined = false;
  for (let at = start; at < text.length; ) {
    const lineEnd = endOfLine(text, at);
    const tabs = isIndented ? (/^\t*/.exec(text.slice(at, lineEnd))?.[0].length ?? 0) : 0;
    const lineStart = at + tabs;
    const line = text.slice(lineStart, lineEnd).replace(/\r$/, '');
    at = Math.min(lineEnd + 1, text.length);
    if (!isJoined && line === end) return at;
    // bash takes `EOF)` for the end of both
    if (!isJoined && isInSubstitution && line.startsWith(end) && line.includes(')', end.length)) {
      return lineStart + end.length;
    }
    isJoined = !isQuoted && ENDS_IN_BACKSLASH.test(line);
  }
  return undefined;
}

/** The offset of the next line feed, or of the end of the text. */
export function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}
