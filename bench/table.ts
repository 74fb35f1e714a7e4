/** A line of the result. Cells are ready to print; what was not measured is left out. */
export interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly nginx?: string;
  readonly plain?: string;
  /** Ours to nginx's. */
  readonly ratio?: string;
  readonly target?: string;
  /** Whether the target was met; left out where there is none. */
  readonly met?: boolean;
}

const HEADINGS = ['figure', 'ours', 'nginx', 'plain Node', 'ratio', 'target', ''];

/** The rows as a Markdown table, aligned for reading as it stands. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ figure, ours, nginx = '', plain = '', ratio = '', target = '', met }) => {
    const verdict = met === undefined ? '' : met ? 'ok' : 'MISSED';
    return [figure, ours, nginx, plain, ratio, target, verdict];
  });
  const widths = HEADINGS.map((heading, column) =>
    Math.max(3, ...[heading, ...cells.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join(' | ')} |\n`;
  const rule = widths.map((width, column) => (isNumeric(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [HEADINGS, rule, ...cells].map(line).join('');
}

function pad(cell: string, column: number, width: number): string {
  return isNumeric(column) ? cell.padStart(width) : cell.padEnd(width);
}

/** The columns between the figure's name and the target. */
function isNumeric(column: number): boolean {
  return column >= 1 && column <= 4;
}
