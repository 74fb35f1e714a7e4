/** What of a view's rows can be read: a narrow side bar cuts them. */
import type { Page } from 'playwright-core';
import { scrollList, scrollToTop } from './scroll.ts';
import { pointNowhere, showTooltip } from './tooltip.ts';
import { found, until } from './wait.ts';

/** A row that is drawn, as far as it can be read. */
export interface SeenRow {
  readonly index: number;
  readonly level: number;
  readonly description: string;
  /** As much of its name and its description as is to be seen. */
  readonly visible: string;
  readonly ariaLabel: string;
  readonly hasIcon: boolean;
}

interface Sight {
  readonly rows: SeenRow[];
  /** The rows there are, in sight or not. */
  readonly total: number;
}

/** How a view's rows are drawn now. */
export function sight(page: Page) {
  const list = (view: string) => `.monaco-list[role="tree"][aria-label="${view}"]`;
  const look = (view: string): Promise<Sight> => page.evaluate(`(${LOOK})(${JSON.stringify(list(view))})`);
  const toTop = (view: string): Promise<Sight> =>
    until(
      'the first row',
      async () => {
        await scrollToTop(page.locator(list(view)));
        return look(view);
      },
      ({ rows }) => rows[0]?.index === 0,
    );
  /** All rows; undefined where some came or went while they were read, since the others have other places then. */
  async function readAll(view: string): Promise<SeenRow[] | undefined> {
    let { rows, total } = await toTop(view);
    const known = total;
    const seen = new Map<number, SeenRow>();
    for (;;) {
      for (const row of rows) seen.set(row.index, row);
      if (seen.size >= total) return [...seen.values()].sort((a, b) => a.index - b.index);
      const last = rows.at(-1)?.index;
      await scrollList(page.locator(list(view)), ROW_PX * Math.max(1, rows.length - 2));
      ({ rows, total } = await look(view));
      if (total !== known || rows.at(-1)?.index === last) return undefined;
    }
  }
  return {
    /** All rows of a view, each as it is drawn when it is scrolled into sight. */
    seenRows: (view: string): Promise<SeenRow[]> => found('all rows', () => readAll(view), ALL_ROWS_MS),

    /** Whether the view can be scrolled sideways. */
    scrollsSideways: (view: string): Promise<boolean> =>
      page.evaluate(`(${SCROLLS_SIDEWAYS})(${JSON.stringify(list(view))})`),

    /** Points at a row by its place from the top, and waits for what that shows. */
    async pointAtRow(view: string, index: number): Promise<void> {
      await pointNowhere(page);
      await toTop(view);
      await showTooltip(page.locator(`${list(view)} .monaco-list-row[data-index="${index}"] .label-name`));
    },
  };
}

/** VS Code's height of a row. */
const ROW_PX = 22;

/** Hundreds of rows are read letter by letter. */
const ALL_ROWS_MS = 120_000;

/** Runs in the window. A letter is in sight as long as it ends before the edge that cuts the row's text. */
const LOOK = `(selector) => {
  const rows = [...document.querySelectorAll(selector + ' .monaco-list-row')];
  const indexOf = (row) => Number(row.getAttribute('data-index'));
  const levelOf = (row) => Number(row.getAttribute('aria-level'));
  rows.sort((a, b) => indexOf(a) - indexOf(b));
  const list = document.querySelector(selector + ' .monaco-list-rows');
  const total = Math.round(list.getBoundingClientRect().height / ${ROW_PX});
  return { total, rows: rows.map((row) => {
    const box = row.querySelector('.monaco-icon-label-container');
    const edge = box.getBoundingClientRect().right;
    const letters = [];
    const nodes = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      if (!node.parentElement.checkVisibility()) continue;
      for (let i = 0; i < node.data.length; i++) {
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        letters.push({ letter: node.data[i], right: range.getBoundingClientRect().right });
      }
    }
    const textOf = (some) => some.map(({ letter }) => letter).join('').replaceAll('\\u00a0', ' ');
    const isCut = letters.some(({ right }) => right > edge + 1);
    // the sign that something is cut takes the place of the last letter or two
    const shown = letters.filter(({ right }) => right <= (isCut ? edge - 10 : edge + 1));
    const icon = row.querySelector('.custom-view-tree-node-item-icon');
    return {
      index: indexOf(row),
      level: levelOf(row),
      description: (row.querySelector('.label-description')?.textContent ?? '').replaceAll('\\u00a0', ' '),
      visible: textOf(shown),
      ariaLabel: row.getAttribute('aria-label') ?? '',
      hasIcon: icon !== null && icon.getBoundingClientRect().width > 0,
    };
  }) };
}`;

const SCROLLS_SIDEWAYS = `(selector) => {
  const tree = document.querySelector(selector + ' .monaco-scrollable-element');
  const bar = tree.querySelector(':scope > .scrollbar.horizontal');
  return bar !== null && bar.classList.contains('visible') && bar.getBoundingClientRect().width > 0;
}`;
