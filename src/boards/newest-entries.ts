/** Keeps the newest entries of a map only, at most so many, and those that are `needed` longest. Answers the keys of the others. */
export function dropOldest<T>(
  entries: Map<string, T>,
  most: number,
  needed: (entry: T) => boolean = () => false,
): readonly string[] {
  if (entries.size <= most) return [];
  const inOrder = [...entries].sort(([, one], [, other]) => Number(needed(one)) - Number(needed(other)));
  const dropped = inOrder.slice(0, entries.size - most).map(([key]) => key);
  for (const key of dropped) entries.delete(key);
  return dropped;
}
