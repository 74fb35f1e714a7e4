/** Reads words, each to where bash finds its end: bash(1), "QUOTING" and "EXPANSION". */
import { endOfLine } from './heredocs.ts';
import type { Part, Word } from './words.ts';

const WORD_ENDS = new Set([' ', '\t', '\r', '\n', ';', '&', '|', '(', ')', '<', '>']);
const NAME = /[A-Za-z_]\w*/y;
const BRACED_NAME = /\{([A-Za-z_]\w*)\}/y;
const PATTERN_CHARACTERS = new Set(['*', '?', '[', '{']);
const CLOSING = { '(': ')', '{': '}', '[': ']' } as const;
/** Expansions in expansions: nobody nests so many, and each takes some of the stack. */
const MAX_DEPTH = 100;

/** What a reader of words leaves to the one who reads the commands around them. */
export interface WordReaderOptions {
  /** Reads the commands of a substitution from `at` on; returns the offset behind the bracket that closes it. */
  readonly readCommands: (at: number, depth: number) => number;
  /** Hears that the text ended before something was closed. */
  readonly onUnclosed: () => void;
  /** In how many expansions the text that is read lies. */
  readonly depth: number;
}

/** Collects the parts of a word: neighbouring literals become one. */
class Parts {
  readonly list: Part[] = [];

  literal(text: string): void {
    const last = this.list.at(-1);
    if (last?.kind === 'literal') this.list[this.list.length - 1] = { kind: 'literal', text: last.text + text };
    else this.list.push({ kind: 'literal', text });
  }

  add(part: Part): void {
    if (part.kind === 'literal') this.literal(part.text);
    else this.list.push(part);
  }
}

/** Reads the words of a text. What is not closed reaches to its end. */
export class WordReader {
  readonly #text: string;
  readonly #readCommands: WordReaderOptions['readCommands'];
  readonly #onUnclosed: () => void;
  #depth: number;

  constructor(text: string, { readCommands, onUnclosed, depth }: WordReaderOptions) {
    this.#text = text;
    this.#readCommands = readCommands;
    this.#onUnclosed = onUnclosed;
    this.#depth = depth;
  }

  /** Reads the word at `start`, where there is neither a blank nor an operator. */
  read(start: number): Word {
    const text = this.#text;
    const parts = new Parts();
    let at = start;
    while (at < text.length) {
      const character = text.charAt(at);
      if (character === '(' && /[?*+@!]/.test(text.charAt(at - 1)) && at > start) {
        parts.add({ kind: 'unknown' });
        at = this.skipBrackets(at);
      } else if (WORD_ENDS.has(character)) {
        break;
      } else if (character === '\\') {
        if (text.charAt(at + 1) !== '\n') parts.literal(text.charAt(at + 1));
        at += 2;
      } else if (character === "'") {
        const end = this.#skipQuoted(at + 1, "'", false);
        parts.literal(text.slice(at + 1, end - 1));
        at = end;
      } else if (character === '"') {
        at = this.#readDoubleQuoted(at, parts);
      } else if (character === '$' || character === '`') {
        at = this.#readExpansion(at, parts, false);
      } else if (PATTERN_CHARACTERS.has(character) || (character === '~' && at === start)) {
        parts.add({ kind: 'unknown' });
        at++;
      } else {
        parts.literal(character);
        at++;
      }
    }
    return { parts: parts.list, start, end: Math.min(at, text.length) };
  }

  /** The offset behind the bracket that closes the one at `start`; quoted ones don't count. */
  skipBrackets(start: number, open: keyof typeof CLOSING = '('): number {
    const text = this.#text;
    let depth = 1;
    let at = start + 1;
    while (at < text.length) {
      const character = text.charAt(at);
      if (character === '\\') at += 2;
      else if (character === "'") at = this.#skipQuoted(at + 1, "'", false);
      else if (character === '"') at = this.#readDoubleQuoted(at, new Parts());
      else if (character === '$' || character === '`') at = this.#readExpansion(at, new Parts(), false);
      else {
        at++;
        if (character === CLOSING[open] && --depth === 0) return at;
        // a `{` inside `${…}` is an ordinary character: the first `}` ends it
        if (character === open && open !== '{') depth++;
      }
    }
    return this.#unclosed();
  }

  /** The offset behind the commands, or the sum, in brackets, the first one at `start`: `$(…)`, `<(…)`, `$((…))`. */
  skipSubstitution(start: number): number {
    const isArithmetic = this.#text.charAt(start + 1) === '(';
    return this.#nested((depth) => (isArithmetic ? this.skipBrackets(start) : this.#readCommands(start + 1, depth)));
  }

  /** The offset behind the word `]]` that ends a condition, which goes on at `start`. */
  skipCondition(start: number): number {
    const text = this.#text;
    for (let at = start; at < text.length; ) {
      // in a pattern such as `^(#|$)` it is an ordinary character
      if (text.charAt(at) === '#' && /\s/.test(text.charAt(at - 1))) {
        at = endOfLine(text, at);
        continue;
      }
      const { end } = this.read(at);
      if (text.slice(at, end) === ']]') return end;
      at = Math.max(end, at + 1);
    }
    return this.#unclosed();
  }

  /** Reads what is in double quotes, from the opening one at `start`; returns the offset behind the closing one. */
  #readDoubleQuoted(start: number, parts: Parts): number {
    const text = this.#text;
    parts.literal('');
    let at = start + 1;
    while (at < text.length) {
      const character = text.charAt(at);
      if (character === '"') return at + 1;
      if (character === '\\') {
        const next = text.charAt(at + 1);
        if (next !== '\n') parts.literal('$`"\\'.includes(next) ? next : `\\${next}`);
        at += 2;
      } else if (character === '$' || character === '`') {
        at = this.#readExpansion(at, parts, true);
      } else {
        parts.literal(character);
        at++;
      }
    }
    return this.#unclosed();
  }

  /** Reads an expansion at `start`, a dollar sign or a backquote; returns the offset behind it. */
  #readExpansion(start: number, parts: Parts, isQuoted: boolean): number {
    const text = this.#text;
    if (text.charAt(start) === '`') {
      parts.add({ kind: 'unknown' });
      return this.#skipQuoted(start + 1, '`', true);
    }
    const next = text.charAt(start + 1);
    const name = matchAt(NAME, text, start + 1)?.[0] ?? matchAt(BRACED_NAME, text, start + 1)?.[1];
    if (name !== undefined) {
      parts.add({ kind: 'variable', name });
      return start + 1 + name.length + (next === '{' ? 2 : 0);
    }
    if (next === '(' || next === '{' || next === '[') {
      parts.add({ kind: 'unknown' });
      return next === '(' ? this.skipSubstitution(start + 1) : this.#nested(() => this.skipBrackets(start + 1, next));
    }
    if (next === "'" && !isQuoted) {
      parts.add({ kind: 'unknown' });
      return this.#skipQuoted(start + 2, "'", true);
    }
    // a text to be translated: without translations, it stays
    if (next === '"' && !isQuoted) return this.#readDoubleQuoted(start + 1, parts);
    if (/[\d@*#?!$-]/.test(next)) {
      parts.add({ kind: 'unknown' });
      return start + 2;
    }
    parts.literal('$');
    return start + 1;
  }

  #nested(read: (depth: number) => number): number {
    if (this.#depth >= MAX_DEPTH) return this.#unclosed();
    this.#depth++;
    const end = read(this.#depth);
    this.#depth--;
    return end;
  }

  /** The offset behind the next `end` from `at` on; backslashes may protect it. */
  #skipQuoted(at: number, end: string, isEscaping: boolean): number {
    const text = this.#text;
    for (let index = at; index < text.length; index++) {
      if (text.charAt(index) === end) return index + 1;
      if (isEscaping && text.charAt(index) === '\\') index++;
    }
    return this.#unclosed();
  }

  #unclosed(): number {
    this.#onUnclosed();
    return this.#text.length;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
