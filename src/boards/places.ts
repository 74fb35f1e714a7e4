/** What of a wish tells one board from another behind the same address; not the branch or the version, which change. */
export interface Kind {
  readonly box?: string | undefined;
  readonly board?: string | undefined;
  /** Counts where no kind of board is named. */
  readonly image?: string | undefined;
}

/**
 * Whatever is found by a place (an address, or a MAC), a box and a kind of board. Each request looks here, so nothing is
 * built to look something up: no key, no object.
 */
export class Places<T> {
  readonly #places = new Map<string, Map<string | undefined, Map<string | undefined, T>>>();

  get(place: string, { box, board, image }: Kind): T | undefined {
    return this.#places
      .get(place)
      ?.get(box)
      ?.get(board ?? image);
  }

  set(place: string, { box, board, image }: Kind, value: T): void {
    const boxes = this.#places.get(place) ?? new Map<string | undefined, Map<string | undefined, T>>();
    const kinds = boxes.get(box) ?? new Map<string | undefined, T>();
    this.#places.set(place, boxes.set(box, kinds.set(board ?? image, value)));
  }

  /** Removes `value`, if it is what is found there. */
  delete(place: string, { box, board, image }: Kind, value: T): void {
    const boxes = this.#places.get(place);
    const kinds = boxes?.get(box);
    if (boxes === undefined || kinds?.get(board ?? image) !== value) return;
    kinds.delete(board ?? image);
    if (kinds.size === 0) boxes.delete(box);
    if (boxes.size === 0) this.#places.delete(place);
  }
}
