import { byName } from '../by-name.ts';
import type { Transfer } from '../server/transfer.ts';
import type { Board, BoardState, Wish } from './board.ts';
import { MOST_BOARDS } from './limits.ts';
import { type Kind, Places } from './places.ts';
import { sameBoard } from './same-board.ts';

/** A remembered board, and its request that is being answered. */
export interface Entry {
  board: Board;
  /** Its newest request, until that ends. */
  newest?: Transfer | undefined;
  /** Its state before that. */
  before?: BoardState | undefined;
  /** The board it turned out to be, if it was known already. */
  sameAs?: Entry;
}

/** Who is told what merging two records of one board shows. */
export interface IndexListeners {
  /** It runs what it was given. */
  readonly onConfirmed: (board: Board) => void;
  /** Its record of the ID `gone` is part of that of the ID `kept` now. */
  readonly onJoined: (gone: string, kept: string) => void;
}

/** An answer of `find`, and what it was asked. */
interface Found {
  readonly address: string;
  readonly mac: string | undefined;
  readonly wish: Kind;
  readonly entry: Entry | undefined;
}

/**
 * The remembered boards, found by MAC if that is known, else by address, box and kind of board, since several boards
 * may be behind one address. Never more than `MOST_BOARDS`.
 */
export class BoardIndex {
  /** By their IDs, least recently heard first. */
  readonly #byId = new Map<string, Entry>();
  readonly #byAddress = new Places<Entry>();
  readonly #byMac = new Places<Entry>();
  readonly #told: IndexListeners;
  #pinned = 0;
  /** What was found last: who decides about a request and who records it look one after the other. */
  #found: Found | undefined;
  #sorted: readonly Entry[] | undefined;

  constructor(told: IndexListeners) {
    this.#told = told;
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** Least recently heard first. */
  values(): Iterable<Entry> {
    return this.#byId.values();
  }

  /** How many boards are pinned, or served once. */
  get pinned(): number {
    return this.#pinned;
  }

  /** Whether no other board is known at the address of `board`. */
  isAlone({ id, address }: Board): boolean {
    for (const { board } of this.#byId.values()) if (board.address === address && board.id !== id) return false;
    return true;
  }

  /** By name, or address where they have none, in natural order; those of one address as they came. */
  get sorted(): readonly Entry[] {
    this.#sorted ??= [...this.#byId.values()].sort(
      ({ board: a }, { board: b }) =>
        byName(a.name ?? a.address, b.name ?? b.address) ||
        byName(a.address, b.address) ||
        a.firstSeenMs - b.firstSeenMs ||
        (a.id < b.id ? -1 : 1),
    );
    return this.#sorted;
  }

  /**
   * The board that asks for `wish` from `address`. A MAC decides; a record that was begun before the address's MAC was
   * known is carried over.
   */
  find(address: string, mac: string | undefined, wish: Kind): Entry | undefined {
    const found = this.#found;
    if (found?.wish === wish && found.address === address && found.mac === mac) return found.entry;
    const entry = this.#look(address, mac, wish);
    this.#found = { address, mac, wish, entry };
    return entry;
  }

  #look(address: string, mac: string | undefined, wish: Kind): Entry | undefined {
    const byAddress = this.#byAddress.get(address, wish);
    if (mac === undefined) return byAddress;
    const byMac = this.#byMac.get(mac, wish);
    const withoutMac = byAddress?.board.mac === undefined ? byAddress : undefined;
    if (byMac === undefined || withoutMac === undefined) return byMac ?? withoutMac;
    return this.#join(byMac, withoutMac);
  }

  /** Adds a board, for which another one may be dropped; false if there is no room. */
  add(entry: Entry): boolean {
    if (this.#byId.size >= MOST_BOARDS) {
      const dropped = this.#leastMissed();
      if (dropped === undefined) return false;
      this.remove(dropped);
    }
    this.#byId.set(entry.board.id, entry);
    this.#pinned += pinsOf(entry.board);
    this.#index(entry);
    return true;
  }

  /** Replaces a board's record by `board`. */
  set(entry: Entry, board: Board): void {
    const { address, mac, name, wish, pin, once } = entry.board;
    const isMoved =
      address !== board.address ||
      mac !== board.mac ||
      pin !== board.pin ||
      once?.box !== board.once?.box ||
      !isAskedAlike(wish, board.wish);
    if (isMoved) this.#unindex(entry);
    if (this.#byId.get(board.id) === entry) this.#pinned += pinsOf(board) - pinsOf(entry.board);
    entry.board = board;
    if (isMoved) this.#index(entry);
    if (name !== board.name) this.#sorted = undefined;
  }

  /** Records that the board was just heard of. */
  heard(entry: Entry): void {
    if (this.#byId.delete(entry.board.id)) this.#byId.set(entry.board.id, entry);
  }

  remove(entry: Entry): void {
    if (this.#byId.get(entry.board.id) === entry) {
      this.#byId.delete(entry.board.id);
      this.#pinned -= pinsOf(entry.board);
    }
    this.#unindex(entry);
  }

  /** Merges two records: the later one's requests continue under the earlier one. */
  #join(one: Entry, other: Entry): Entry {
    const [earlier, later] = one.board.lastSeenMs <= other.board.lastSeenMs ? [one, other] : [other, one];
    this.remove(later);
    this.set(earlier, sameBoard(earlier.board, later.board));
    earlier.newest = later.newest;
    earlier.before = later.before;
    later.sameAs = earlier;
    this.heard(earlier);
    const { state } = earlier.board;
    this.#told.onJoined(later.board.id, earlier.board.id);
    if (state.kind === 'confirmed' && later.board.state.kind !== 'confirmed') this.#told.onConfirmed(earlier.board);
    return earlier;
  }

  /**
   * The board to drop: the one heard of longest ago, of those that never downloaded anything; then of the others, named
   * ones last. Never one that is being answered, on hold, pinned or served once.
   */
  #leastMissed(): Entry | undefined {
    const oldest: (Entry | undefined)[] = [undefined, undefined];
    for (const entry of this.#byId.values()) {
      const { name, history, isHeld } = entry.board;
      if (entry.newest !== undefined || isHeld || pinsOf(entry.board) > 0) continue;
      if (name === undefined && history.length === 0) return entry;
      oldest[name === undefined ? 0 : 1] ??= entry;
    }
    return oldest[0] ?? oldest[1];
  }

  #index(entry: Entry): void {
    this.#found = undefined;
    const { address, mac, wish } = entry.board;
    this.#byAddress.set(address, wish, entry);
    if (mac !== undefined) this.#byMac.set(mac, wish, entry);
    const later = pinnedWishOf(entry.board);
    if (later !== undefined) {
      if (this.#byAddress.get(address, later) === undefined) this.#byAddress.set(address, later, entry);
      if (mac !== undefined) this.#byMac.set(mac, later, entry); // it is that board, whatever it was known as before
    }
    this.#sorted = undefined;
  }

  #unindex(entry: Entry): void {
    this.#found = undefined;
    const { address, mac, wish } = entry.board;
    for (const asked of [wish, pinnedWishOf(entry.board)]) {
      if (asked === undefined) continue;
      this.#byAddress.delete(address, asked, entry);
      if (mac !== undefined) this.#byMac.delete(mac, asked, entry);
    }
    this.#sorted = undefined;
  }
}

/** What a board asks for once it runs the image that it was given whatever it asked for, and asks for that box. */
function pinnedWishOf({ wish, pin, once }: Board): Wish | undefined {
  const box = once?.box ?? pin?.box;
  return box === undefined ? undefined : { ...wish, box };
}

function pinsOf({ pin, once }: Board): number {
  return pin === undefined && once === undefined ? 0 : 1;
}

/** Whether boards that ask so are found by the same keys. */
function isAskedAlike(a: Wish, b: Wish): boolean {
  return a.box === b.box && a.board === b.board && (a.board !== undefined || a.image === b.image);
}
