/** Calls `act` for each of `items`, at most `most` at a time, and waits until all are done. */
export async function sideBySide<T>(items: Iterable<T>, most: number, act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: most }, lane));
}
