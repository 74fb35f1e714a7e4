/** What a box's BOXBUILD makes: an image for each board. */
import { readChain, topAssignments } from './chain.ts';
import { boardOf, boardsIn, type Files, findBases } from './layout.ts';
import { expand } from './words.ts';

/** What can be built by a BOXBUILD. */
export interface Recipe {
  /** What its images' names begin with; undefined where only bash can tell. */
  readonly name: string | undefined;
  /** The boards that there are. */
  readonly boards: readonly string[];
}

/** What mkbox calls a box that has no name. */
const NAMELESS = 'box-linux';

/** Reads what a BOXBUILD makes; undefined for a board's, of which no image is built. */
export async function readRecipe(boxbuild: string, text: string, files: Files): Promise<Recipe | undefined> {
  const bases = await findBases(boxbuild, files);
  if (boardOf(boxbuild, bases) !== undefined) return undefined;
  const boards = await boardsIn(bases, files);
  const { steps, isKnown } = await readChain(boxbuild, text, boards[0], bases, files);
  const settings = steps.flatMap(({ script }, index) =>
    topAssignments(script)
      .filter((assignment) => assignment.name === 'name')
      .map((assignment) => ({ assignment, isOwn: index === steps.length - 1, script })),
  );
  const last = settings.at(-1);
  if (last === undefined) return { name: isKnown ? NAMELESS : undefined, boards };
  const isConditional = last.script.commands.some(
    (command) => command.isConditional && command.assignments.includes(last.assignment),
  );
  const isCertain = last.isOwn || isKnown;
  const { value, isAppended } = last.assignment;
  const name = isCertain && !isConditional && !isAppended && 'parts' in value ? expand(value) : undefined;
  return { name: name === '' ? NAMELESS : name, boards };
}
