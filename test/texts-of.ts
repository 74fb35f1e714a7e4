/** A text in a source: a string, or a template with `{}` for each of its values. Lines count from 1. */
export interface SourceText {
  readonly text: string;
  readonly line: number;
}

/** What may stand in a source where a text may begin, each with what belongs to it. */
const TOKEN =
  /\/\/[^\n]*|\/\*.*?\*\/|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<mark>[`{}])|(?<slash>\/)|[\w$]+|\s+|./gsy;

/** The rest of a regular expression behind its first slash: a slash within brackets does not end it. */
const PATTERN_REST = /(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;

/** The next piece of a template, up to its end or to a value. */
const PIECE = /((?:[^`\\$]|\\.|\$(?!\{))*)(`|\$\{)/sy;

/** Words behind which a slash begins a regular expression, and divides nothing. */
const BEFORE_PATTERN = /^(?:return|case|typeof|of|in|yield|await|throw)$/;

/** The texts in a TypeScript source, each when its end is met. Comments and regular expressions hold none. */
export function textsOf(source: string): SourceText[] {
  const texts: SourceText[] = [];
  /** The templates and blocks that are open, innermost last. */
  const open: ({ text: string; readonly at: number } | 'block')[] = [];
  let before = '';
  let at = 0;

  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) throw new Error(`no token at line ${lineAt(source, at)}`);
    at = pattern.lastIndex;
    return found;
  };
  const note = (text: string, begin: number) => texts.push({ text: unescaped(text), line: lineAt(source, begin) });
  const readPiece = (template: { text: string; readonly at: number }) => {
    const [, piece = '', end] = match(PIECE);
    template.text += piece;
    if (end === '`') {
      note(template.text, template.at);
      before = '`';
    } else {
      template.text += '{}';
      open.push(template);
      before = '{';
    }
  };

  while (at < source.length) {
    const begin = at;
    const { 0: token, groups } = match(TOKEN);
    const { string, mark, slash } = groups ?? {};
    if (/^(?:\s|\/[/*])/.test(token)) continue;
    if (string !== undefined) note(string.slice(1, -1), begin);
    if (mark === '`') {
      readPiece({ text: '', at: begin });
      continue;
    }
    if (mark === '{') open.push('block');
    if (mark === '}') {
      const closed = open.pop();
      if (closed !== undefined && closed !== 'block') {
        readPiece(closed);
        continue;
      }
    }
    if (slash !== undefined && beginsPattern(before)) {
      match(PATTERN_REST);
      before = '/…/';
      continue;
    }
    before = token;
  }
  return texts;
}

/** Whether a slash behind the token `before` begins a regular expression. */
function beginsPattern(before: string): boolean {
  return BEFORE_PATTERN.test(before) || !/[\w$)\]}'"`…/]$/.test(before);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function lineAt(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}
