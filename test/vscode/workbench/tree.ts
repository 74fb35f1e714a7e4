/** The rows of a tree, all of them, although VS Code draws only those that are in sight. */
import type { Locator } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { scrollList, scrollToTop } from './scroll.ts';
import { pointNowhere } from './tooltip.ts';
import { found, until } from './wait.ts';

/** A row, as it is drawn and as a screen reader says it. */
export interface TreeRow {
  /** Its name: of an image all of it, of which the row shows what tells it from its neighbours. */
  label: string;
  /** What is drawn of it. */
  text: string;
  description: string;
  /** 1 for the outermost. */
  level: number;
  /** `undefined` for a row that has nothing below it. */
  expanded: boolean | undefined;
  ariaLabel: string;
  /** The codicon, without its prefix; `undefined` for a picture or none. */
  icon: string | undefined;
  /** The buttons at the row's end. */
  actions: string[];
}

/** Which row: its label, its place among all rows of the tree, or what it must be like. */
export type RowChoice = string | number | ((row: TreeRow) => boolean);

/** What is in sight of a tree. */
interface Sight {
  rows: DrawnRow[];
  /** The rows there are, in sight or not. */
  total: number;
  /** Each row's height. */
  rowPixels: number;
}

interface DrawnRow extends TreeRow {
  id: string;
  index: number;
  loading: boolean;
}

/** All rows that a tree has now, from top to bottom. */
export async function readTree(tree: Locator): Promise<TreeRow[]> {
  const seen = await scrollThrough(tree, () => false);
  return seen.map(({ id, index, loading, ...row }) => row);
}

/** Brings a row into sight, as soon as it is there, and hands it over; what pointing at another showed is gone. */
export async function findRow(tree: Locator, choice: RowChoice): Promise<Locator> {
  const isIt = (row: DrawnRow) => {
    if (typeof choice === 'function') return choice(row);
    return typeof choice === 'number' ? row.index === choice : row.label === choice;
  };
  const row = await found(`the row ${typeof choice === 'string' ? `"${choice}"` : choice}`, async () =>
    (await scrollThrough(tree, isIt)).find(isIt),
  );
  const element = tree.locator(`.monaco-list-rows [id="${row.id}"]`);
  await until('the row to be in sight as a whole', async () => {
    const pixels = await pixelsOutOfSight(tree, element);
    if (pixels !== 0) await scrollList(tree, pixels);
    return pixels === 0;
  });
  await pointNowhere(tree.page());
  return element;
}

/** How far to scroll for a row that the tree's edge cuts, or that lies below the parents which stay at the top. */
async function pixelsOutOfSight(tree: Locator, row: Locator): Promise<number> {
  const view = await tree.boundingBox();
  const parents = await tree
    .locator('.monaco-tree-sticky-container:not(.empty)')
    .boundingBox({ timeout: 1 })
    .catch(() => null);
  const box = await row.boundingBox();
  if (!view || !box) {
    return 0;
  }
  const above = view.y + (parents?.height ?? 0) - box.y;
  const below = box.y + box.height - (view.y + view.height);
  return Math.ceil(above > 0 ? -above : Math.max(0, below));
}

/** Opens or closes a row, and waits for what is below it. */
export async function setExpanded(tree: Locator, choice: RowChoice, expanded: boolean): Promise<void> {
  const row = await findRow(tree, choice);
  if ((await row.getAttribute('aria-expanded')) !== String(expanded)) {
    await row.locator('.monaco-tl-twistie').click();
  }
  await until(`the row to be ${expanded ? 'open' : 'closed'}`, async () => {
    const id = await row.getAttribute('id');
    const drawn = (await look(tree)).rows.find((other) => other.id === id);
    return drawn?.expanded === expanded && !drawn.loading;
  });
}

/** Looks from the top down, one sight after the other, until a row is the wished one or the tree ends. */
async function scrollThrough(tree: Locator, isWished: (row: DrawnRow) => boolean): Promise<DrawnRow[]> {
  // Not in sight while its view has nothing but a welcome to show.
  await tree.waitFor({ state: 'attached' });
  const { rows } = await look(tree);
  return rows.some(isWished) ? rows : found('rows that stay', () => readDown(tree, isWished));
}

/** As `scrollThrough`, from the first row on; undefined where rows came or went meanwhile. */
async function readDown(tree: Locator, isWished: (row: DrawnRow) => boolean): Promise<DrawnRow[] | undefined> {
  let sight = await look(tree);
  if (sight.rows[0] && sight.rows[0].index > 0) {
    await scrollToTop(tree);
    sight = await look(tree);
  }
  const seen = new Map<number, DrawnRow>();
  for (;;) {
    for (const row of sight.rows) {
      seen.set(row.index, row);
    }
    if (seen.size >= sight.total || sight.rows.some(isWished)) {
      return [...seen.values()].sort((a, b) => a.index - b.index);
    }
    const last = sight.rows.at(-1)?.index;
    await scrollList(tree, sight.rowPixels * Math.max(1, sight.rows.length - 2));
    sight = await look(tree);
    if (sight.rows.at(-1)?.index === last) return undefined;
  }
}

function look(tree: Locator): Promise<Sight> {
  return tree.locator('.monaco-list-rows').evaluate((list: Drawn) => {
    const heightOf = (element: Drawn) =>
      Number(/(?:^|[ ;])height: (\d+)/.exec(element.getAttribute('style') ?? '')?.[1]);
    const elements = [...list.querySelectorAll('.monaco-list-row')];
    const rows = elements.map((element) => {
      const textOf = (selector: string): string =>
        (element.querySelector(selector)?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
      const ariaLabel = (element.getAttribute('aria-label') ?? '').trim();
      const expanded = element.getAttribute('aria-expanded');
      const icon = element.querySelector('.custom-view-tree-node-item-icon')?.className ?? '';
      const actions = [...element.querySelectorAll('.actions .action-label')];
      return {
        id: element.id,
        index: Number(element.getAttribute('data-index')),
        loading: element.querySelector('.codicon-tree-item-loading') !== null,
        label: /^(?:image|Image) ([^ ,;]+)[,;]/.exec(ariaLabel)?.[1] ?? textOf('.label-name'),
        text: textOf('.label-name'),
        description: textOf('.label-description'),
        level: Number(element.getAttribute('aria-level')),
        expanded: expanded === null ? undefined : expanded === 'true',
        ariaLabel,
        icon: /codicon-([\w-]+)/.exec(icon)?.[1],
        actions: actions.map((action) => action.getAttribute('aria-label') ?? ''),
      };
    });
    const rowPixels = elements[0] ? heightOf(elements[0]) : 0;
    return {
      rows: rows.sort((a, b) => a.index - b.index),
      total: rowPixels === 0 ? 0 : Math.round(heightOf(list) / rowPixels),
      rowPixels,
    };
  });
}
