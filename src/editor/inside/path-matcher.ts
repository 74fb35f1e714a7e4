import { Slices } from '../../contents/slices.ts';

/** What a character that was found is worth, and what more where it is found: at the beginning of what people think of. */
const FOUND = 1;
const AFTER_THE_LAST_ONE = 5;
const BEGINS_SEGMENT = 8;
const BEGINS_WORD = 4;
const IN_NAME = 3;
const SAME_CASE = 1;
/** The query is all of the name. */
const WHOLE_NAME = 20;

/** Paths looked at between two looks at the clock. */
const PATHS_A_LOOK = 100;
const WORD_BREAKS = '/._- ';
/** Less than any sum. */
const NEVER = -(2 ** 30);

/** Paths that a query was found in. */
export interface Matches {
  /** Places in the list of paths, the best match first. */
  readonly best: readonly number[];
  /** How many there are with those that are not among the best. */
  readonly total: number;
}

/**
 * Finds paths by characters that are in them in that order, in upper or lower case, as VS Code's quick open does: better
 * where they follow one another, begin a part of the path or a word, and lie in the file's name.
 */
export class PathMatcher {
  readonly #paths: readonly string[];
  readonly #lower: readonly string[];
  readonly #longest: number;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#lower = paths.map(lowerOf);
    this.#longest = this.#lower.reduce((longest, { length }) => Math.max(longest, length), 0);
  }

  /**
   * The paths that have every word of `query`, at most `most` of them; the first ones where it is empty. Works in slices;
   * undefined as soon as `isStale` says that nobody waits for it any more.
   */
  async best(query: string, most: number, isStale: () => boolean = () => false): Promise<Matches | undefined> {
    const words = query.split(/\s+/).filter((word) => word !== '');
    const searches = words.map((word) => new WordSearch(word, this.#longest));
    const byScore = new Map<number, number[]>();
    const slices = new Slices();
    let total = 0;
    for (const [index, path] of this.#paths.entries()) {
      if (index % PATHS_A_LOOK === 0) {
        await slices.next();
        if (isStale()) return undefined;
      }
      const score = scoreOf(searches, path, this.#lower[index] ?? '');
      if (score < 0) continue;
      total++;
      const same = byScore.get(score);
      if (same === undefined) byScore.set(score, [index]);
      else same.push(index);
    }
    const best: number[] = [];
    for (const [, same] of [...byScore].sort(([a], [b]) => b - a)) {
      // of paths that are as good, the shorter one; an empty query leaves their order
      if (words.length > 0) same.sort((a, b) => this.#lengthOf(a) - this.#lengthOf(b));
      best.push(...same.slice(0, most - best.length));
      if (best.length === most) break;
    }
    return { best, total };
  }

  #lengthOf(index: number): number {
    return this.#paths[index]?.length ?? 0;
  }
}

/** In lower case, with as many characters: some letters have more of them there. */
function lowerOf(path: string): string {
  const lower = path.toLowerCase();
  return lower.length === path.length ? lower : path;
}

function scoreOf(searches: readonly WordSearch[], path: string, lower: string): number {
  let sum = 0;
  for (const search of searches) {
    const score = search.scoreOf(path, lower);
    if (score < 0) return NEVER;
    sum += score;
  }
  return sum;
}

/** Searches paths for one word. It keeps its memory from one path to the next: to make it anew takes as long as the rest. */
class WordSearch {
  readonly #word: string;
  readonly #lower: string;
  /** For each character: the first and the last place where it can lie. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** By place: what the word so far is worth when its last character lies there; and without that character. */
  #worth: Int32Array;
  #worthBefore: Int32Array;

  constructor(word: string, longestPath: number) {
    this.#word = word;
    this.#lower = word.toLowerCase();
    this.#first = new Int32Array(this.#lower.length);
    this.#last = new Int32Array(this.#lower.length);
    this.#worth = new Int32Array(longestPath);
    this.#worthBefore = new Int32Array(longestPath);
  }

  /** What the best way to find the word in a path is worth; NEVER where it is not in it. */
  scoreOf(path: string, lower: string): number {
    if (!this.#isIn(lower)) return NEVER;
    const nameAt = path.lastIndexOf('/') + 1;
    let best = 0;
    for (let index = 0; index < this.#lower.length; index++) best = this.#take(index, path, lower, nameAt);
    const isWhole = lower.length - nameAt === this.#lower.length && lower.endsWith(this.#lower);
    return best + (isWhole ? WHOLE_NAME : 0);
  }

  /** Whether the characters come in that order: most paths are passed over by this. Notes where each can lie. */
  #isIn(lower: string): boolean {
    let at = -1;
    for (let index = 0; index < this.#lower.length; index++) {
      at = lower.indexOf(this.#lower.charAt(index), at + 1);
      if (at === -1) return false;
      this.#first[index] = at;
    }
    at = lower.length;
    for (let index = this.#lower.length - 1; index >= 0; index--) {
      at = lower.lastIndexOf(this.#lower.charAt(index), at - 1);
      this.#last[index] = at;
    }
    return true;
  }

  /** Takes the next character, and answers what the word is worth with it, at best. */
  #take(index: number, path: string, lower: string, nameAt: number): number {
    [this.#worth, this.#worthBefore] = [this.#worthBefore, this.#worth];
    const [wanted, typed] = [this.#lower.charCodeAt(index), this.#word.charCodeAt(index)];
    const lastBefore = index === 0 ? -1 : (this.#last[index - 1] ?? NEVER);
    let before = index === 0 ? -1 : (this.#first[index - 1] ?? NEVER);
    let bestBefore = index === 0 ? 0 : NEVER;
    let best = NEVER;
    for (let at = this.#first[index] ?? 0; at <= (this.#last[index] ?? NEVER); at++) {
      this.#worth[at] = NEVER;
      if (lower.charCodeAt(at) !== wanted) continue;
      for (; before < at && before <= lastBefore; before++) {
        bestBefore = Math.max(bestBefore, this.#worthBefore[before] ?? NEVER);
      }
      const isNext = before === at && index > 0;
      const next = isNext ? (this.#worthBefore[at - 1] ?? NEVER) + AFTER_THE_LAST_ONE : NEVER;
      const own = FOUND + placeWorth(path, at, nameAt) + (path.charCodeAt(at) === typed ? SAME_CASE : 0);
      const worth = own + Math.max(bestBefore, next);
      this.#worth[at] = worth;
      best = Math.max(best, worth);
    }
    return best;
  }
}

function placeWorth(path: string, at: number, nameAt: number): number {
  const before = at === 0 ? '/' : path.charAt(at - 1);
  const begins = before === '/' ? BEGINS_SEGMENT : WORD_BREAKS.includes(before) ? BEGINS_WORD : 0;
  return begins + (at >= nameAt ? IN_NAME : 0);
}
