import type { Board } from '../boards/board.ts';
import { UserError } from '../errors.ts';

/** What lists the boards, for who named one that is not there. */
const LISTER = 'update-server boards';

/** What a board goes by. */
type Named = Pick<Board, 'name' | 'mac' | 'address' | 'tags'>;

/** Before the name of a tag, where boards are asked for: `tag:lab`. */
const TAG = 'tag:';

/**
 * The boards that each of `names` means: a board's name, its address, its hardware address, or `tag:<tag>` for all that
 * have it. Each is there once. `lister` is what lists the boards.
 * @throws UserError for a name that means no board, or several that can't be told apart by it
 */
export function findBoards<B extends Named>(names: readonly string[], boards: readonly B[], lister = LISTER): B[] {
  return [...new Set(names.flatMap((name) => boardsOf(name, boards, lister)))];
}

function boardsOf<B extends Named>(name: string, boards: readonly B[], lister: string): readonly B[] {
  if (name.startsWith(TAG)) {
    const tag = name.slice(TAG.length);
    const tagged = boards.filter(({ tags = [] }) => tags.includes(tag));
    if (tagged.length === 0) throw new UserError(`no board has the tag ${JSON.stringify(tag)}`);
    return tagged;
  }
  // what people call a board goes before what a machine calls it
  for (const key of ['name', 'mac', 'address'] as const) {
    const found = boards.filter((board) => board[key]?.toLowerCase() === name.toLowerCase());
    if (found.length === 1) return found;
    if (found.length > 1) {
      throw new UserError(`${found.length} boards go by ${JSON.stringify(name)}: say which by ${otherNames(found)}`);
    }
  }
  throw new UserError(`no board goes by ${JSON.stringify(name)}: ${lister} lists them`);
}

function otherNames(boards: readonly Named[]): string {
  return boards.map(({ name, mac, address }) => mac ?? name ?? address).join(' or ');
}
