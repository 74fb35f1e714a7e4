import type { Board } from '../boards/board.ts';
import { printable } from '../printable.ts';

/** What a board goes by. */
export type Named = Pick<Board, 'id' | 'name' | 'mac' | 'address' | 'tags' | 'wish'>;

/** What a board may be called by, if it has it. */
type Form = (board: Named) => string | undefined;

/** Before the name of a tag, where boards are asked for: `tag:lab`. */
export const TAG = 'tag:';

/** Before an ID, or its beginning: `id:3f2a9c1b`. */
const ID = 'id:';

/** As much of an ID as people copy, where it is enough. */
const SHORT_ID = 8;

/** What people call a board goes before what a machine calls it. */
const CALLED: readonly Form[] = [({ name }) => name, ({ address }) => address, ({ mac }) => mac];

/** What records differ in that share all of that: what they ask for (`Places`). */
const ASKS_FOR: readonly (readonly Form[])[] = [
  [],
  [({ wish }) => wish.box],
  [({ wish }) => wish.box, ({ wish }) => wish.board ?? wish.image],
];

/** `<name>`, `<name>/<box>` and `<name>/<box>/<kind of board>`, of each of `CALLED`; what is shorter goes before. */
const FORMS = ASKS_FOR.map((more) => CALLED.map((called) => joined([called, ...more])));

/** The names of `boards`, as they are now. */
export class BoardNames<B extends Named> {
  readonly #boards: readonly B[];
  /** By what they are called in one form, in lower case; made when one is first looked for. */
  readonly #byForm = new Map<Form, ReadonlyMap<string, readonly B[]>>();

  constructor(boards: readonly B[]) {
    this.#boards = boards;
  }

  /** The boards that a name stands for: several if it is a tag, or if they all go by it. */
  find(name: string): readonly B[] {
    if (name.startsWith(TAG)) return this.#boards.filter(({ tags = [] }) => tags.includes(name.slice(TAG.length)));
    const ofId = name.startsWith(ID) ? this.#ofId(name.slice(ID.length)) : [];
    if (ofId.length > 0) return ofId;
    for (const form of FORMS.flat()) {
      const found = this.#calledBy(form).get(name.toLowerCase());
      if (found !== undefined) return found;
    }
    return [];
  }

  /** The names that find this board and no other: at least one, the shortest first. */
  of(board: B): readonly string[] {
    const found = CALLED.flatMap((_, which) => {
      const at = FORMS.findIndex((forms) => this.#isOnly(forms[which]?.(board), board));
      const name = FORMS[at]?.[which]?.(board);
      return name === undefined ? [] : [{ name, at }];
    });
    if (found.length > 0) return found.sort((a, b) => a.at - b.at).map(({ name }) => name);
    const short = ID + board.id.slice(0, SHORT_ID);
    return [this.#isOnly(short, board) ? short : ID + board.id];
  }

  /** A name that nobody can type is of no use; a box's name comes from a board. */
  #isOnly(name: string | undefined, { id }: B): boolean {
    if (name === undefined || name !== printable(name)) return false;
    const [only, ...others] = this.find(name);
    return only?.id === id && others.length === 0;
  }

  #ofId(begun: string): readonly B[] {
    const whole = this.#boards.filter(({ id }) => id === begun);
    return whole.length > 0 || begun === '' ? whole : this.#boards.filter(({ id }) => id.startsWith(begun));
  }

  #calledBy(form: Form): ReadonlyMap<string, readonly B[]> {
    const known = this.#byForm.get(form);
    if (known !== undefined) return known;
    const called = new Map<string, B[]>();
    for (const board of this.#boards) {
      const name = form(board)?.toLowerCase();
      if (name === undefined) continue;
      const others = called.get(name);
      if (others === undefined) called.set(name, [board]);
      else others.push(board);
    }
    this.#byForm.set(form, called);
    return called;
  }
}

function joined(parts: readonly Form[]): Form {
  return (board) => {
    const texts = parts.map((part) => part(board));
    return texts.includes(undefined) ? undefined : texts.join('/');
  };
}
