/** The outline of a BOXBUILD. */
import { nameOf } from './chain.ts';
import { readScript } from './script.ts';
import { isTerm } from './vocabulary.ts';

/** An entry of the outline. */
export interface OutlineEntry {
  readonly kind: 'extend' | 'directive' | 'array' | 'function';
  readonly name: string;
  /** What it is set to, or leads to, as it is written. */
  readonly detail: string;
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** The calls of `extend`, the directives and the functions of a BOXBUILD, in their order. */
export function outlineOf(text: string): OutlineEntry[] {
  const { commands, functions } = readScript(text);
  const entries: OutlineEntry[] = functions.map((definition) => ({ kind: 'function', detail: '', ...definition }));
  for (const command of commands) {
    if (command.within !== undefined) continue;
    const [word, argument] = command.words;
    if (word !== undefined && argument !== undefined && nameOf(command) === 'extend') {
      const detail = text.slice(argument.start, argument.end);
      const { start, end } = word;
      entries.push({
        kind: 'extend',
        name: 'extend',
        detail,
        start,
        end: argument.end,
        nameStart: start,
        nameEnd: end,
      });
    }
    for (const { name, value, start, end, nameEnd } of command.assignments) {
      if (!isTerm(name)) continue;
      const isArray = !('parts' in value);
      const detail = isArray ? `${value.length}` : text.slice(value.start, value.end);
      entries.push({ kind: isArray ? 'array' : 'directive', name, detail, start, end, nameStart: start, nameEnd });
    }
  }
  return entries.sort((a, b) => a.start - b.start);
}
