/** What is shown, as a key. */
export function keyOf(shown: unknown): string {
  return JSON.stringify(shown, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
}

/** The rows that the editor has of a view, each with what it shows, as a key. */
export class DrawnRows<Row> {
  readonly #groups = new Map<string, Map<Row, string>>();

  /** The editor was given `rows`, in place of those of that group that it had. */
  give(group: string, rows: readonly Row[], shownOf: (row: Row) => string): void {
    this.#groups.set(group, new Map(rows.map((row) => [row, shownOf(row)])));
  }

  /** The rows that show something else than the editor has, which is taken as drawn. */
  takeChanged(shownOf: (row: Row) => string): Row[] {
    const changed: Row[] = [];
    for (const rows of this.#groups.values()) {
      for (const [row, before] of rows) {
        const shown = shownOf(row);
        if (shown === before) continue;
        rows.set(row, shown);
        changed.push(row);
      }
    }
    return changed;
  }

  /** The editor asks for all of them again. */
  clear(): void {
    this.#groups.clear();
  }
}
