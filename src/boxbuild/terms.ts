/** Where a BOXBUILD uses the names that mkbox gives a meaning to. */
import { readScript } from './script.ts';
import { isTerm, TERMS, type Term } from './vocabulary.ts';

/** A use of a name. */
export interface TermUse {
  readonly term: Term;
  readonly start: number;
  readonly end: number;
}

/** Finds what stands at an offset into the text, if mkbox gives it a meaning there. */
export function termAt(text: string, offset: number): TermUse | undefined {
  const script = readScript(text);
  const isAt = ({ start, end }: TermUse) => start <= offset && offset < end;
  for (const { name, nameStart: start, nameEnd: end } of script.functions) {
    if (isTerm(name) && TERMS[name] === 'function' && isAt({ term: name, start, end }))
      return { term: name, start, end };
  }
  for (const { words, assignments } of script.commands) {
    for (const { name, start, nameEnd: end } of assignments) {
      if (isTerm(name) && isAt({ term: name, start, end })) return { term: name, start, end };
    }
    const [command] = words;
    const name = command && text.slice(command.start, command.end);
    if (command !== undefined && name !== undefined && isTerm(name) && TERMS[name] === 'helper') {
      const use = { term: name, start: command.start, end: command.end };
      if (isAt(use)) return use;
    }
    const spans = [...words, ...assignments].filter(({ start, end }) => start <= offset && offset < end);
    for (const { start, end } of spans) {
      const use = variableAt(text.slice(start, end), offset - start);
      if (use !== undefined) return { term: use.term, start: start + use.start, end: start + use.end };
    }
  }
  return undefined;
}

function variableAt(text: string, offset: number): TermUse | undefined {
  for (const { 0: whole, 1: name = '', index } of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) {
    const end = index + whole.length;
    if (isTerm(name) && index <= offset && offset < end) return { term: name, start: end - name.length, end };
  }
  return undefined;
}
