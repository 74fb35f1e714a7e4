import type { OpenFunction } from './nesting.ts';
import type { Word } from './words.ts';

/** A variable that gets a value. */
export interface Assignment {
  readonly name: string;
  /** `name+=`: it keeps its previous value. */
  readonly isAppended: boolean;
  /** One value, or the items of an array. */
  readonly value: Word | readonly Word[];
  readonly start: number;
  readonly end: number;
  /** The end of the name. */
  readonly nameEnd: number;
}

/** A simple command. */
export interface Command {
  readonly assignments: readonly Assignment[];
  /** The command and its arguments; none where only variables are set. */
  readonly words: readonly Word[];
  readonly start: number;
  /** The function it stands in. */
  readonly within: string | undefined;
  /** Whether it may be skipped: it is in an `if`, a loop, behind `&&` and the like. */
  readonly isConditional: boolean;
}

/** A function that is defined. */
export interface FunctionDefinition extends OpenFunction {
  /** Behind its body. */
  readonly end: number;
}

/** A text that was read. */
export interface Script {
  readonly commands: readonly Command[];
  readonly functions: readonly FunctionDefinition[];
  /** Whether every block and quote is closed: if not, little is certain. */
  readonly isWhole: boolean;
}
