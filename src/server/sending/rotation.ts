/**
 * A queue that is served client after client: a client with a hundred entries gets no more than one with one. Each
 * client's entries go in the order they came.
 */
export class Rotation<T> {
  /** By client; whose turn is next stands first. None is empty. */
  readonly #queues = new Map<string, T[]>();
  #size = 0;

  /** The number of entries. */
  get size(): number {
    return this.#size;
  }

  add(client: string, item: T): void {
    const queue = this.#queues.get(client);
    if (queue === undefined) this.#queues.set(client, [item]);
    else queue.push(item);
    this.#size++;
  }

  /** Takes out the next entry; undefined when there is none. */
  next(): T | undefined {
    for (const [client, queue] of this.#queues) {
      const item = queue.shift();
      this.#queues.delete(client);
      if (queue.length > 0) this.#queues.set(client, queue);
      this.#size--;
      return item;
    }
    return undefined;
  }

  /** Takes out an entry that waits no more; false if it was not there. */
  remove(client: string, item: T): boolean {
    const queue = this.#queues.get(client);
    const index = queue?.indexOf(item) ?? -1;
    if (queue === undefined || index === -1) return false;
    queue.splice(index, 1);
    if (queue.length === 0) this.#queues.delete(client);
    this.#size--;
    return true;
  }

  /**
   * Takes out the newest entry of the client with the most, to make room for `client`; undefined if that client would
   * then have the most itself.
   */
  yieldTo(client: string): T | undefined {
    const own = this.#queues.get(client)?.length ?? 0;
    const longest = [...this.#queues.values()].reduce<T[]>((a, b) => (b.length > a.length ? b : a), []);
    if (longest.length <= own + 1) return undefined;
    this.#size--;
    return longest.pop();
  }

  /** All entries, in the order in which they would be served. */
  *[Symbol.iterator](): Iterator<T> {
    let queues = [...this.#queues.values()];
    for (let round = 0; queues.length > 0; round++) {
      for (const queue of queues) yield queue[round] as T;
      queues = queues.filter((queue) => queue.length > round + 1);
    }
  }
}
