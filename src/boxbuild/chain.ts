/** The BOXBUILDs that a BOXBUILD consists of: itself, what it extends, what that extends. */
import path from 'node:path';
import type { Bases, Files } from './layout.ts';
import { readScript } from './script.ts';
import type { Assignment, Command, Script } from './script-parts.ts';
import { expand, type Lookup, type Word } from './words.ts';

/** A BOXBUILD in a chain. */
export interface Step {
  readonly path: string;
  readonly script: Script;
}

/** An `extend` in the BOXBUILD that a chain begins with. */
export interface Extend {
  readonly command: Command;
  readonly argument: Word | undefined;
  /** The file it leads to; undefined where only bash can tell. */
  readonly target: string | undefined;
  readonly isThere: boolean;
}

/** A BOXBUILD and what it extends, for one board. */
export interface Chain {
  /** In the order in which mkbox runs them: an extended one before the one that extends it. */
  readonly steps: readonly Step[];
  /** The calls of `extend` in the last step. */
  readonly extends: readonly Extend[];
  /** Whether everything can be read without running it. */
  readonly isKnown: boolean;
}

/** The longest chain: a longer one extends itself by a detour. */
const MAX_STEPS = 50;
/** Commands that bring in code from elsewhere. */
const SOURCING = new Set(['source', '.', 'eval']);

/** Follows the calls of `extend` from a BOXBUILD on. */
export async function readChain(
  boxbuild: string,
  text: string,
  board: string | undefined,
  bases: Bases | undefined,
  files: Files,
): Promise<Chain> {
  const steps: Step[] = [];
  const upward = new Set<string>();
  let isKnown = true;

  async function follow(file: string, content: string): Promise<Extend[]> {
    const script = readScript(content);
    const lookup = lookupIn(script, file, board, bases);
    const found: Extend[] = [];
    upward.add(file);
    if (!script.isWhole) isKnown = false;
    for (const command of script.commands) {
      if (command.within !== undefined) continue;
      const name = nameOf(command);
      if (name !== undefined && SOURCING.has(name)) isKnown = false;
      if (name !== 'extend') continue;
      const argument = command.words[1];
      const value = argument && expand(argument, lookup);
      const target = value === undefined || value === '' ? undefined : path.resolve(path.dirname(file), value);
      const extended = target === undefined ? undefined : await files.read(target);
      found.push({ command, argument, target, isThere: extended !== undefined });
      const isFollowed = target !== undefined && extended !== undefined && !upward.has(target);
      if (!isFollowed || command.isConditional || steps.length >= MAX_STEPS) isKnown = false;
      if (isFollowed && steps.length < MAX_STEPS) await follow(target, extended);
    }
    upward.delete(file);
    steps.push({ path: file, script });
    return found;
  }

  const extended = await follow(boxbuild, text);
  return { steps, extends: extended, isKnown };
}

/** The name of a command, where it is written out. */
export function nameOf({ words: [name] }: Command): string | undefined {
  return name && expand(name);
}

/** The variables that a BOXBUILD sets outside of functions. */
export function topAssignments({ commands }: Script): Assignment[] {
  return commands.filter(({ within }) => within === undefined).flatMap(({ assignments }) => assignments);
}

/** The variables that are known while mkbox reads a BOXBUILD: its own, and those the file sets to what is written out. */
export function lookupIn(script: Script, file: string, board: string | undefined, bases: Bases | undefined): Lookup {
  const known: Record<string, string | undefined> = {
    SRC: path.dirname(file),
    BOARD: board,
    BOXES_BASE: bases?.boxes,
    BOARDS_BASE: bases?.boards,
  };
  const set = script.commands.flatMap(({ assignments }) => assignments);
  return (name) => {
    if (name in known) return known[name];
    const [only, ...others] = set.filter((assignment) => assignment.name === name);
    if (only === undefined || others.length > 0 || only.isAppended || !('parts' in only.value)) return undefined;
    return expand(only.value);
  };
}
