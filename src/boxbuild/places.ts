import { type Chain, nameOf, topAssignments } from './chain.ts';
import { PACKAGE_ARRAYS } from './vocabulary.ts';
import { expand } from './words.ts';

/** Where a BOXBUILD names a package, or a command. */
export interface Place {
  readonly boxbuild: string;
  /** Offsets into its text; the end is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Finds the word that makes mkbox install a package: the last one in a chain. apk may name it with a version: `vim>9`. */
export function placeOfPackage({ steps }: Chain, name: string): Place | undefined {
  for (const { path: boxbuild, script } of steps.toReversed()) {
    const arrays = topAssignments(script).filter((assignment) => PACKAGE_ARRAYS.has(assignment.name));
    const words = arrays.flatMap(({ value }) => ('parts' in value ? [] : value));
    const word = words.findLast((it) => expand(it) === name || expand(it)?.split(/[<>=~@]/)[0] === name);
    if (word !== undefined) return { boxbuild, start: word.start, end: word.end };
  }
  return undefined;
}

/** Finds where the functions of a chain call a command: all of these places, as it is the same command. */
export function placesOfCommand({ steps }: Chain, name: string): Place[] {
  return steps.flatMap(({ path: boxbuild, script }) =>
    script.commands.flatMap((command) => {
      const [word] = command.words;
      if (command.within === undefined || word === undefined || nameOf(command) !== name) return [];
      return [{ boxbuild, start: word.start, end: word.end }];
    }),
  );
}
