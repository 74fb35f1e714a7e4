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
