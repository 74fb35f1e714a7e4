/** A function whose body has begun. */
export interface OpenFunction {
  readonly name: string;
  readonly start: number;
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** A compound command (bash(1), "Compound Commands"), or the body of a function. */
interface Block {
  readonly kind: 'if' | 'loop' | 'case' | 'group' | 'function';
  readonly function?: OpenFunction;
  /** The word that closes it. */
  readonly closer: string;
  /** Whether its commands may be skipped, or run in a subshell. */
  readonly isBranch: boolean;
  /** In a `case`: patterns come next. */
  expectsPattern: boolean;
}

/** The reserved words that open a block, and what closes it. */
const OPENERS: ReadonlyMap<string, readonly [Block['kind'], string]> = new Map([
  ['if', ['if', 'fi']],
  ['while', ['loop', 'done']],
  ['until', ['loop', 'done']],
  ['for', ['loop', 'done']],
  ['select', ['loop', 'done']],
  ['case', ['case', 'esac']],
  ['{', ['group', '}']],
]);

/** The blocks that are open at a place in a script. */
export class Nesting {
  readonly #blocks: Block[] = [];

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** The word that closes the innermost block. */
  get closer(): string | undefined {
    return this.#blocks.at(-1)?.closer;
  }

  /** Whether a pattern of a `case` comes next. */
  get expectsPattern(): boolean {
    return this.#blocks.at(-1)?.expectsPattern ?? false;
  }

  /** The name of the innermost function. */
  get within(): string | undefined {
    return this.#blocks.findLast((block) => block.function !== undefined)?.function?.name;
  }

  /** Whether commands here may be skipped, or run in a subshell. */
  get isInBranch(): boolean {
    return this.#blocks.some(({ isBranch }) => isBranch);
  }

  /** Opens the block that a reserved word opens, if it is one; `isChained`: all of it may be skipped. */
  open(word: string, isChained: boolean): boolean {
    const opened = OPENERS.get(word);
    if (opened === undefined) return false;
    const [kind, closer] = opened;
    this.#blocks.push({ kind, closer, isBranch: isChained || kind !== 'group', expectsPattern: false });
    return true;
  }

  /** Opens a subshell, which counts as a branch. */
  openSubshell(): void {
    this.#blocks.push({ kind: 'if', closer: ')', isBranch: true, expectsPattern: false });
  }

  openFunction(definition: OpenFunction, closer: string): void {
    this.#blocks.push({ kind: 'function', closer, isBranch: false, expectsPattern: false, function: definition });
  }

  /** Closes the innermost block; returns the function if it was the body of one. */
  close(): OpenFunction | undefined {
    return this.#blocks.pop()?.function;
  }

  /** Records that patterns come next, if the innermost block is a `case`; whether it is. */
  beginPatterns(): boolean {
    const block = this.#blocks.at(-1);
    if (block?.kind !== 'case') return false;
    block.expectsPattern = true;
    return true;
  }

  /** Records that a pattern ended. */
  endPattern(): void {
    const block = this.#blocks.at(-1);
    if (block !== undefined) block.expectsPattern = false;
  }
}
