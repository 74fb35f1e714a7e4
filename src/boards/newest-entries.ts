/** Keeps the newest entries of a map only, at most so many. Answers the keys of the others. */
export function dropOldest(entries: Map<string, unknown>, most: number): readonly string[] {
  const dropped = [...entries.keys()].slice(0, Math.max(0, entries.size - most));
  for (const key of dropped) entries.delete(key);
  return dropped;
}
