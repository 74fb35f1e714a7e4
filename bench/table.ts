/** A line of the result. Cells are ready to print; what was not measured is left out. */
export interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly nginx?: string;
  readonly plain?: string;
  /** What a careful user types to get the same. */
  readonly tools?: string;
  /** Ours to nginx's, to the tools', or to what the target names. */
  readonly ratio?: string;
  readonly target?: string;
  /** Whether the target was met; left out where there is none. */
  readonly met?: boolean;
}

/** The columns, by what they show of a row. Numbers are set right. */
const COLUMNS: readonly {
  readonly heading: string;
  readonly isNumeric: boolean;
  readonly cell: (row: Row) => string | undefined;
}[] = [
  { heading: 'figure', isNumeric: false, cell: ({ figure }) => figure },
  { heading: 'ours', isNumeric: true, cell: ({ ours }) => ours },
  { heading: 'nginx', isNumeric: true, cell: ({ nginx }) => nginx },
  { heading: 'plain Node', isNumeric: true, cell: ({ plain }) => plain },
  { heading: 'the tools', isNumeric: true, cell: ({ tools }) => tools },
  { heading: 'ratio', isNumeric: true, cell: ({ ratio }) => ratio },
  { heading: 'target', isNumeric: false, cell: ({ target }) => target },
  { heading: '', isNumeric: false, cell: ({ met }) => (met === undefined ? undefined : met ? 'ok' : 'MISSED') },
];

/** The rows as a Markdown table, aligned for reading as it stands, without columns that nothing stands in. */
export function formatTable(rows: readonly Row[]): string {
  const columns = COLUMNS.map(({ heading, isNumeric, cell }) => {
    const cells = rows.map((row) => cell(row) ?? '');
    const width = Math.max(3, ...[heading, ...cells].map(({ length }) => length));
    const pad = (text: string) => (isNumeric ? text.padStart(width) : text.padEnd(width));
    const rule = isNumeric ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
    return { isUsed: cells.some((text) => text !== ''), lines: [pad(heading), rule, ...cells.map(pad)] };
  }).filter(({ isUsed }) => isUsed);
  const lines = Array.from({ length: rows.length + 2 }, (_, line) => columns.map(({ lines }) => lines[line]));
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
