import { html } from 'hono/html';
import type { Html } from './marked-text.ts';

/** How a row looks: what it tells is good, or bad; neither without it. The text says so, too. */
export type Look = 'good' | 'bad' | undefined;

/** A column. Numbers are aligned to the right; builds, and addresses of IPv4, stand in one piece. */
export interface Column {
  readonly label: string;
  readonly kind?: 'address' | 'build' | 'number' | 'state';
}

/** A row: a cell for each column, of which the first one names it. */
export interface Row {
  readonly cells: readonly Html[];
  readonly look?: Look;
}

/**
 * A part of the page: a table, or the text `none` where it has no rows. On a narrow screen its rows are cards, in which
 * each cell has its column's label: roles say that it is a table all the same, since browsers go by how it is displayed.
 */
export function tableHtml(id: string, caption: string, columns: readonly Column[], rows: readonly Row[], none: string) {
  const heading = html`<h2 id="${id}-heading">${caption}</h2>`;
  if (rows.length === 0) return html`<section id="${id}">${heading}<p class="quiet">${none}</p></section>`;
  const heads = columns.map(
    ({ label, kind }) => html`<th scope="col" role="columnheader"${classHtml(kind)}>${label}</th>`,
  );
  return html`<section id="${id}">${heading}<table role="table" aria-labelledby="${id}-heading">
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => rowHtml(row, columns))}</tbody></table></section>`;
}

function rowHtml({ cells: [name, ...others], look }: Row, [first, ...columns]: readonly Column[]): Html {
  const cells = columns.map(
    ({ label, kind }, place) =>
      html`<td role="cell" data-label="${label}"${classHtml(kind)}>${others[place] ?? ''}</td>`,
  );
  return html`
<tr role="row"${classHtml(look)}><th scope="row" role="rowheader"${classHtml(first?.kind)}>${name ?? ''}</th>${cells}</tr>`;
}

function classHtml(name: string | undefined): Html | '' {
  return name === undefined ? '' : html` class="${name}"`;
}
