/** A range of characters, by their code points, both ends included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** What one character of a name is held against: one of some, or none of them. */
interface CharacterSet {
  readonly isNegated: boolean;
  readonly ranges: readonly Range[];
}

/** Code points below this have their states in a table; names seldom hold others. */
const TABLE_SIZE = 128;

const WORD_BITS = 32;

const ANY: CharacterSet = { isNegated: true, ranges: [] };

/**
 * A glob (`*`, `?`, `[…]`, `[!…]`, as Python's fnmatch reads them) that may begin and end anywhere in a name.
 *
 * It is an automaton whose states, one for each character that was matched so far, are bits (Shift-And: Baeza-Yates and
 * Gonnet, 1992), so that the time it takes grows with the name's length and the glob's, and with nothing else: no glob
 * that a client may send backtracks.
 */
export class Glob {
  readonly #sets: readonly CharacterSet[];
  readonly #words: number;
  /** For each code point of the table, the states that it leads on from. */
  readonly #table: Int32Array;
  /** The same for code points beyond it, as they are met. */
  readonly #others = new Map<number, Int32Array>();
  /** The states that any character leaves as they are: those before a star. */
  readonly #stars: Int32Array;

  constructor(pattern: string) {
    const { sets, stars } = parse(pattern);
    this.#sets = sets;
    this.#words = Math.ceil((sets.length + 1) / WORD_BITS);
    this.#stars = new Int32Array(this.#words);
    for (const state of stars) setBit(this.#stars, 0, state);
    this.#table = new Int32Array(TABLE_SIZE * this.#words);
    for (const [state, set] of sets.entries()) this.#enter(state, set);
  }

  /** Whether the glob is found in `name`. */
  isIn(name: string): boolean {
    const last = this.#sets.length;
    if (last > name.length) return false;
    if (last === 0) return true;
    return this.#words === 1 ? this.#findInWord(name, 1 << last) : this.#findInWords(name);
  }

  /** A glob of less than 32 characters, as nearly all are, has its states in one number. */
  #findInWord(name: string, goal: number): boolean {
    const table = this.#table;
    const stars = this.#stars[0] ?? 0;
    let states = 1;
    for (let at = 0; at < name.length; at++) {
      const unit = name.charCodeAt(at);
      let leading: number | undefined;
      if (unit < TABLE_SIZE) leading = table[unit];
      else {
        const point = name.codePointAt(at) ?? unit;
        if (point !== unit) at++;
        leading = this.#leading(point)[0];
      }
      states = ((states & (leading ?? 0)) << 1) | (states & stars);
      if ((states & goal) !== 0) return true;
    }
    return false;
  }

  #findInWords(name: string): boolean {
    const words = this.#words;
    const stars = this.#stars;
    const goalWord = Math.floor(this.#sets.length / WORD_BITS);
    const goal = 1 << (this.#sets.length % WORD_BITS);
    const states = new Int32Array(words);
    states[0] = 1;
    for (let at = 0; at < name.length; at++) {
      const point = name.codePointAt(at) ?? 0;
      if (point > 0xffff) at++;
      const inTable = point < TABLE_SIZE;
      const leading = inTable ? this.#table : this.#leading(point);
      const offset = inTable ? point * words : 0;
      let carry = 0;
      for (let word = 0; word < words; word++) {
        const before = states[word] ?? 0;
        const going = before & (leading[offset + word] ?? 0);
        states[word] = (going << 1) | carry | (before & (stars[word] ?? 0));
        carry = going >>> (WORD_BITS - 1);
      }
      if (((states[goalWord] ?? 0) & goal) !== 0) return true;
    }
    return false;
  }

  #enter(state: number, { isNegated, ranges }: CharacterSet): void {
    for (let point = 0; isNegated && point < TABLE_SIZE; point++) setBit(this.#table, point * this.#words, state);
    for (const { from, to } of ranges) {
      for (let point = from; point <= Math.min(to, TABLE_SIZE - 1); point++) {
        const offset = point * this.#words;
        if (isNegated) clearBit(this.#table, offset, state);
        else setBit(this.#table, offset, state);
      }
    }
  }

  #leading(point: number): Int32Array {
    const known = this.#others.get(point);
    if (known !== undefined) return known;
    const leading = new Int32Array(this.#words);
    for (const [state, set] of this.#sets.entries()) if (holds(set, point)) setBit(leading, 0, state);
    this.#others.set(point, leading);
    return leading;
  }
}

function holds({ isNegated, ranges }: CharacterSet, point: number): boolean {
  return ranges.some(({ from, to }) => from <= point && point <= to) !== isNegated;
}

function setBit(bits: Int32Array, offset: number, state: number): void {
  const word = offset + Math.floor(state / WORD_BITS);
  bits[word] = (bits[word] ?? 0) | (1 << (state % WORD_BITS));
}

function clearBit(bits: Int32Array, offset: number, state: number): void {
  const word = offset + Math.floor(state / WORD_BITS);
  bits[word] = (bits[word] ?? 0) & ~(1 << (state % WORD_BITS));
}

/** The sets that characters are held against, one after another, and before which of them there is a star. */
function parse(pattern: string): { readonly sets: readonly CharacterSet[]; readonly stars: ReadonlySet<number> } {
  const points = Array.from(pattern, (character) => character.codePointAt(0) ?? 0);
  const [star, question, open] = [point('*'), point('?'), point('[')];
  const sets: CharacterSet[] = [];
  const stars = new Set([0]);
  const lastClose = points.lastIndexOf(point(']'));
  for (let at = 0; at < points.length; at++) {
    const here = points[at] ?? 0;
    const close = here === open && at < lastClose ? closeOf(points, at) : undefined;
    if (here === star) stars.add(sets.length);
    else if (here === question) sets.push(ANY);
    else if (close === undefined) sets.push({ isNegated: false, ranges: [{ from: here, to: here }] });
    else {
      sets.push(parseSet(points.slice(at + 1, close)));
      at = close;
    }
  }
  return { sets, stars };
}

/** Where the bracket at `open` is closed; one that follows at once, or behind the `!`, is one of the set. */
function closeOf(points: readonly number[], open: number): number | undefined {
  const first = points[open + 1] === point('!') ? open + 2 : open + 1;
  const close = points.indexOf(point(']'), first + 1);
  return close === -1 ? undefined : close;
}

/** Reads what stands between brackets. A range whose ends are the wrong way round holds nothing. */
function parseSet(points: readonly number[]): CharacterSet {
  const isNegated = points[0] === point('!');
  const ranges: Range[] = [];
  for (let at = isNegated ? 1 : 0; at < points.length; at++) {
    const from = points[at] ?? 0;
    const end = points[at + 1] === point('-') ? points[at + 2] : undefined;
    if (end === undefined || end >= from) ranges.push({ from, to: end ?? from });
    if (end !== undefined) at += 2;
  }
  return { isNegated, ranges };
}

function point(character: string): number {
  return character.charCodeAt(0);
}
