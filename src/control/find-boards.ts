import { UserError } from '../errors.ts';
import { BoardNames, type Named, TAG } from './board-names.ts';

/** What lists the boards, for who named one that is not there. */
const LISTER = 'update-server boards';

/**
 * The boards that each of `names` means, in whatever case: a board's name, its address or its hardware address; one of these
 * with the box that it asks for, and the kind of board, where several go by it (`10.0.0.7/box`, `10.0.0.7/box/pi`); `id:` and
 * the beginning of its ID; or `tag:<tag>` for all that have it. Each is there once. `lister` is what lists the boards.
 * @throws UserError for a name that means no board, or several that can't be told apart by it
 */
export function findBoards<B extends Named>(names: readonly string[], boards: readonly B[], lister = LISTER): B[] {
  const known = new BoardNames(boards);
  return [...new Set(names.flatMap((name) => boardsOf(name, known, lister)))];
}

/** The one board that `name` means, as `findBoards` does. @throws UserError also for a tag that several have */
export function findBoard<B extends Named>(name: string, boards: readonly B[], lister = LISTER): B {
  const known = new BoardNames(boards);
  const [board, ...others] = boardsOf(name, known, lister);
  if (board === undefined || others.length > 0) throw several(name, known);
  return board;
}

function boardsOf<B extends Named>(name: string, known: BoardNames<B>, lister: string): readonly B[] {
  const found = known.find(name);
  if (found.length === 1 || (found.length > 1 && name.startsWith(TAG))) return found;
  if (found.length > 1) throw several(name, known);
  if (name.startsWith(TAG)) throw new UserError(`no board has the tag ${JSON.stringify(name.slice(TAG.length))}`);
  throw new UserError(`no board goes by ${JSON.stringify(name)}: ${lister} lists them`);
}

/** That a name means several boards, each by a name that means only that one. */
function several<B extends Named>(name: string, known: BoardNames<B>): UserError {
  const found = known.find(name);
  const names = found.map((board) => known.of(board)[0]);
  return new UserError(`${found.length} boards go by ${JSON.stringify(name)}: say which by ${names.join(' or ')}`);
}
