/** Words of bash: where each begins and ends, and what is known of it without running it. */

/** A piece of a word. */
export type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** What only bash can tell: a command's output, a pattern, an expansion with conditions. */
  | { readonly kind: 'unknown' };

/** A word, its quotes resolved. */
export interface Word {
  readonly parts: readonly Part[];
  /** Offsets into the text; the end is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Looks up a variable; undefined where its value is not known. */
export type Lookup = (name: string) => string | undefined;

/** What a word expands to; undefined where that can't be known. */
export function expand(word: Word, lookup: Lookup = () => undefined): string | undefined {
  let value = '';
  for (const part of word.parts) {
    const text = part.kind === 'literal' ? part.text : part.kind === 'variable' ? lookup(part.name) : undefined;
    if (text === undefined) return undefined;
    value += text;
  }
  return value;
}

const WORD_ENDS = new Set([' ', '\t', '\r', '\n', ';', '&', '|', '(', ')', '<', '>']);
const NAME = /[A-Za-z_]\w*/y;
const BRACED_NAME = /\{([A-Za-z_]\w*)\}/y;
const PATTERN_CHARACTERS = new Set(['*', '?', '[', '{']);

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

/** Reads the word at `start`, where there is neither a blank nor an operator. */
export function readWord(text: string, start: number): Word {
  const parts = new Parts();
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '(' && /[?*+@!]/.test(text.charAt(at - 1)) && at > start) {
      parts.add({ kind: 'unknown' });
      at = skipBrackets(text, at, '(', ')');
    } else if (WORD_ENDS.has(character)) {
      break;
    } else if (character === '\\') {
      if (text.charAt(at + 1) !== '\n') parts.literal(text.charAt(at + 1));
      at += 2;
    } else if (character === "'") {
      const end = skipTo(text, at + 1, "'");
      parts.literal(text.slice(at + 1, end - 1));
      at = end;
    } else if (character === '"') {
      at = readDoubleQuoted(text, at, parts);
    } else if (character === '$' || character === '`') {
      at = readExpansion(text, at, parts);
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

/** Reads what is in double quotes, from the opening one at `start`; returns the offset behind the closing one. */
function readDoubleQuoted(text: string, start: number, parts: Parts): number {
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
      at = readExpansion(text, at, parts);
    } else {
      parts.literal(character);
      at++;
    }
  }
  return at;
}

/** Reads an expansion at `start`, a dollar sign or a backquote; returns the offset behind it. */
function readExpansion(text: string, start: number, parts: Parts): number {
  if (text.charAt(start) === '`') {
    parts.add({ kind: 'unknown' });
    return skipTo(text, start + 1, '`');
  }
  const next = text.charAt(start + 1);
  const name = matchAt(NAME, text, start + 1)?.[0] ?? matchAt(BRACED_NAME, text, start + 1)?.[1];
  if (name !== undefined) {
    parts.add({ kind: 'variable', name });
    return start + 1 + name.length + (next === '{' ? 2 : 0);
  }
  if (next === '(' || next === '{') {
    parts.add({ kind: 'unknown' });
    return skipBrackets(text, start + 1, next, next === '(' ? ')' : '}');
  }
  if (next === "'") {
    parts.add({ kind: 'unknown' });
    return skipTo(text, start + 2, "'");
  }
  if (/[\d@*#?!$-]/.test(next)) {
    parts.add({ kind: 'unknown' });
    return start + 2;
  }
  parts.literal('$');
  return start + 1;
}

/** The offset behind the bracket that closes the one at `start`; quoted ones don't count. */
export function skipBrackets(text: string, start: number, open: string, close: string): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === "'") at = skipTo(text, at + 1, "'") - 1;
    else if (character === '"') at = readDoubleQuoted(text, at, new Parts()) - 1;
    else if (character === open) depth++;
    else if (character === close && --depth === 0) return at + 1;
    at++;
  }
  return text.length;
}

/** The offset behind the next `end` from `at` on; backslashes protect it except within single quotes. */
function skipTo(text: string, at: number, end: string): number {
  for (let index = at; index < text.length; index++) {
    if (text.charAt(index) === end) return index + 1;
    if (end !== "'" && text.charAt(index) === '\\') index++;
  }
  return text.length;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
