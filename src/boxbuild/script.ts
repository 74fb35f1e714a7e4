/** A BOXBUILD as text: its commands and functions, as far as bash can be read without running it. */
import { endOfLine, Heredocs } from './heredocs.ts';
import { Nesting, type OpenFunction } from './nesting.ts';
import type { Assignment, Command, FunctionDefinition, Script } from './script-parts.ts';
import { WordReader } from './word-reader.ts';
import type { Word } from './words.ts';

/** Words before a command that are none themselves. */
const LEADERS = new Set(['then', 'else', 'elif', 'do', '!', 'time', 'if', 'while', 'until', '{', '}']);
/** What is followed by words that are no command. */
const HEADS = new Set(['for', 'select', 'case']);
const CLOSERS = new Set(['fi', 'done', 'esac', '}']);
const ASSIGNING = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);
const ASSIGNMENT = /([A-Za-z_]\w*)(?:\[[^\]\n]*\])?(\+?)=/y;
const OPERATOR = /;;&|;;|;&|&&|\|\||<<<|<<-|<<|&>>|&>|>>|>&|<&|<>|>\||\|&|[;&|()<>]/y;
const REDIRECTION = /^(?:&>>|&>|>>|>&|<&|<>|>\||<<<|<|>)$/;

/** Reads a BOXBUILD. Never throws: what it can't read is left out. */
export function readScript(text: string): Script {
  return new Reader(text, 0, 0).read();
}

class Reader {
  readonly #text: string;
  /** In how many expansions this lies: commands of a substitution end at a bracket. */
  readonly #depth: number;
  readonly #wordReader: WordReader;
  #at: number;
  #isEnded = false;
  readonly #commands: Command[] = [];
  readonly #functions: FunctionDefinition[] = [];
  readonly #nesting = new Nesting();
  readonly #heredocs = new Heredocs();
  #words: Word[] = [];
  #assignments: Assignment[] = [];
  #start = 0;
  #isHead = false;
  #isChained = false;
  /** Whether nothing stands behind the last operator yet: a line that ends so goes on. */
  #goesOn = false;
  #pending: OpenFunction | undefined;
  #isWhole = true;

  constructor(text: string, start: number, depth: number) {
    this.#text = text;
    this.#at = start;
    this.#depth = depth;
    this.#wordReader = new WordReader(text, {
      readCommands: (at, inner) => this.#readSubstitution(at, inner),
      onUnclosed: () => {
        this.#isWhole = false;
      },
      depth,
    });
  }

  read(): Script {
    const text = this.#text;
    while (this.#at < text.length && !this.#isEnded) {
      const character = text.charAt(this.#at);
      if (character === '\n') this.#endLine();
      else if (character === ' ' || character === '\t' || character === '\r') this.#at++;
      else if (character === '\\' && /^\r?\n/.test(text.slice(this.#at + 1, this.#at + 3))) this.#at += 2;
      else if (character === '#') this.#at = endOfLine(text, this.#at);
      else {
        this.#goesOn = false;
        if (!this.#readOperator()) this.#readWord();
      }
    }
    this.#endCommand();
    const isClosed = this.#nesting.isEmpty && this.#pending === undefined;
    // a substitution leaves its here-documents to the line that it ends on
    const isAtEnd = this.#depth > 0 ? this.#isEnded : this.#heredocs.isEmpty;
    return { commands: this.#commands, functions: this.#functions, isWhole: this.#isWhole && isClosed && isAtEnd };
  }

  /** Reads the commands of a substitution: what they do to variables, nobody sees outside. */
  #readSubstitution(start: number, depth: number): number {
    const inner = new Reader(this.#text, start, depth);
    if (!inner.read().isWhole) this.#isWhole = false;
    this.#heredocs.addFrom(inner.#heredocs);
    return inner.#at;
  }

  #endLine(): void {
    this.#at++;
    this.#endCommand();
    if (!this.#goesOn) this.#isChained = false;
    const end = this.#heredocs.skip(this.#text, this.#at, this.#depth > 0);
    if (end === undefined) this.#isWhole = false;
    this.#at = end ?? this.#text.length;
  }

  /** Reads an operator, if there is one. */
  #readOperator(): boolean {
    OPERATOR.lastIndex = this.#at;
    const operator = OPERATOR.exec(this.#text)?.[0];
    if (operator === undefined) return false;
    const start = this.#at;
    if (operator === '<' || operator === '>') {
      if (this.#text.charAt(start + 1) === '(') {
        this.#at = this.#wordReader.skipSubstitution(start + 1);
        this.#addWord({ parts: [{ kind: 'unknown' }], start, end: this.#at });
        return true;
      }
    }
    this.#at += operator.length;
    if (operator === '<<' || operator === '<<-') this.#readHeredocMark(operator === '<<-');
    else if (REDIRECTION.test(operator)) this.#skipTarget();
    else if (operator === '(') this.#openBracket(start);
    else if (operator === ')') this.#closeBracket();
    else this.#separate(operator);
    return true;
  }

  #separate(operator: string): void {
    // A pipe runs its sides in subshells: what they set is lost.
    const isConditional = operator === '&&' || operator === '||' || operator.startsWith('|');
    this.#endCommand();
    this.#isChained = isConditional;
    this.#goesOn = isConditional;
    if (operator.startsWith(';') && operator.length > 1) this.#nesting.beginPatterns();
  }

  #readHeredocMark(isIndented: boolean): void {
    const word = this.#nextWord();
    if (!this.#heredocs.add(word, word === undefined ? '' : this.#raw(word), isIndented)) this.#isWhole = false;
  }

  #skipTarget(): void {
    this.#nextWord();
  }

  #nextWord(): Word | undefined {
    while (/[ \t]/.test(this.#text.charAt(this.#at))) this.#at++;
    const word = this.#wordReader.read(this.#at);
    this.#at = Math.max(word.end, this.#at);
    return word.end > word.start ? word : undefined;
  }

  #openBracket(start: number): void {
    if (this.#nesting.expectsPattern) return;
    const [word] = this.#words;
    if (this.#pending !== undefined) {
      if (/^[ \t]*\)/.test(this.#text.slice(this.#at))) this.#at = this.#text.indexOf(')', this.#at) + 1;
      else this.#openFunction(')');
      return;
    }
    const closing = /^[ \t]*\)/.exec(this.#text.slice(this.#at, this.#at + 80));
    if (word !== undefined && this.#words.length === 1 && closing !== null) {
      this.#pending = { name: this.#raw(word), start: word.start, nameStart: word.start, nameEnd: word.end };
      this.#words = [];
      this.#at += closing[0].length;
      return;
    }
    if (this.#words.length === 0 && this.#text.charAt(this.#at) === '(') {
      this.#at = this.#wordReader.skipBrackets(start);
      return;
    }
    this.#endCommand();
    this.#nesting.openSubshell();
  }

  #closeBracket(): void {
    if (this.#nesting.expectsPattern) {
      this.#words = [];
      this.#assignments = [];
      this.#nesting.endPattern();
      return;
    }
    this.#endCommand();
    if (this.#nesting.closer === ')') this.#closeBlock();
    else if (this.#depth > 0) this.#isEnded = true;
    else this.#isWhole = false;
  }

  #openFunction(closer: string): void {
    if (this.#pending === undefined) return;
    this.#nesting.openFunction(this.#pending, closer);
    this.#pending = undefined;
  }

  #closeBlock(): void {
    const definition = this.#nesting.close();
    if (definition !== undefined) this.#functions.push({ ...definition, end: this.#at });
  }

  #readWord(): void {
    const start = this.#at;
    const isFirst = this.#words.length === 0 && this.#assignments.length === 0 && !this.#isHead;
    const takesAssignment =
      this.#words.length === 0 || (this.#words[0] !== undefined && ASSIGNING.has(this.#raw(this.#words[0])));
    if (takesAssignment && !this.#isHead && this.#readAssignment()) return;
    const word = this.#wordReader.read(start);
    this.#at = Math.max(word.end, start + 1);
    const raw = this.#raw(word);
    if (this.#pending !== undefined && raw === '{') {
      this.#openFunction('}');
      return;
    }
    if (this.#isHead) {
      if (raw === 'in' && this.#nesting.beginPatterns()) this.#isHead = false;
      return;
    }
    if (isFirst && this.#readKeyword(raw, start)) return;
    this.#addWord(word);
  }

  /** Handles a reserved word in place of a command. */
  #readKeyword(raw: string, start: number): boolean {
    if (this.#nesting.expectsPattern && raw !== 'esac') return false;
    if (raw === 'function') {
      const name = this.#nextWord();
      if (name !== undefined) {
        this.#pending = { name: this.#raw(name), start, nameStart: name.start, nameEnd: name.end };
      }
      return true;
    }
    if (raw === '[[') {
      this.#at = this.#wordReader.skipCondition(this.#at);
      return true;
    }
    if (this.#nesting.open(raw, this.#isChained)) {
      this.#isHead = HEADS.has(raw);
      return true;
    }
    if (CLOSERS.has(raw)) {
      if (this.#nesting.closer === raw) this.#closeBlock();
      else this.#isWhole = false;
      return true;
    }
    return LEADERS.has(raw);
  }

  /** Reads `name=value`, `name+=value` or `name=(…)`, if one is there. */
  #readAssignment(): boolean {
    ASSIGNMENT.lastIndex = this.#at;
    const found = ASSIGNMENT.exec(this.#text);
    if (found === null) return false;
    const [whole, name = '', plus] = found;
    const start = this.#at;
    this.#at += whole.length;
    const value = this.#text.charAt(this.#at) === '(' ? this.#readItems() : this.#wordReader.read(this.#at);
    if ('start' in value) this.#at = value.end;
    this.#mark(start);
    const nameEnd = start + name.length;
    this.#assignments.push({ name, isAppended: plus === '+', value, start, end: this.#at, nameEnd });
    return true;
  }

  #readItems(): Word[] {
    const items: Word[] = [];
    this.#at++;
    while (this.#at < this.#text.length) {
      const character = this.#text.charAt(this.#at);
      if (character === ')') {
        this.#at++;
        return items;
      }
      if (/\s/.test(character)) this.#at++;
      else if (character === '#') this.#at = endOfLine(this.#text, this.#at);
      else if (character === '\\' && this.#text.charAt(this.#at + 1) === '\n') this.#at += 2;
      else {
        const word = this.#wordReader.read(this.#at);
        this.#at = Math.max(word.end, this.#at + 1);
        if (word.end > word.start) items.push(word);
      }
    }
    this.#isWhole = false;
    return items;
  }

  #addWord(word: Word): void {
    this.#mark(word.start);
    this.#words.push(word);
  }

  #mark(start: number): void {
    if (this.#words.length === 0 && this.#assignments.length === 0) this.#start = start;
  }

  #endCommand(): void {
    const [words, assignments] = [this.#words, this.#assignments];
    this.#words = [];
    this.#assignments = [];
    this.#isHead = false;
    if (words.length + assignments.length === 0 || this.#nesting.expectsPattern) return;
    const { within, isInBranch } = this.#nesting;
    const isConditional = this.#isChained || isInBranch;
    this.#commands.push({ words, assignments, start: this.#start, within, isConditional });
  }

  #raw(word: Word): string {
    return this.#text.slice(word.start, word.end);
  }
}
