/** What a user does in views and menus who has no mouse. */
import type { Locator, Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { until } from './wait.ts';

/** A key that did nothing for so long was pressed while the view was drawn anew. */
const LOST_MS = 1_000;

/** The arrow keys in views and menus. */
export function keys(page: Page) {
  const list = (view: string) => page.locator(`.monaco-list[role="tree"][aria-label="${view}"]`);
  /** What a screen reader says of the row that the keys act on. */
  const focusedRow = (view: string) => attribute(list(view).locator('.monaco-list-row.focused'), 'aria-label');
  /** Presses a key, and again when that had its effect or was lost, until what it moves is where it is wished. */
  const pressUntil = async (
    key: string,
    what: string,
    read: () => Promise<string>,
    wished: RegExp,
  ): Promise<string> => {
    let before: string | undefined;
    let pressedAt = 0;
    return until(
      what,
      async () => {
        const now = await read();
        if (!wished.test(now) && (now !== before || Date.now() > pressedAt + LOST_MS)) {
          before = now;
          pressedAt = Date.now();
          await page.keyboard.press(key);
        }
        return now;
      },
      (now) => wished.test(now),
    );
  };
  return {
    focusedRow,

    /** Goes down from the top of the view that has the focus, to the row of which this is said. */
    async goToRow(view: string, said: RegExp): Promise<void> {
      const focusedIndex = async () => {
        // a palette that closes late takes the focus from the view
        if ((await list(view).and(page.locator(':focus, :focus-within')).count()) === 0) await list(view).focus();
        return attribute(list(view).locator('.monaco-list-row.focused'), 'data-index');
      };
      await pressUntil('Home', 'the keys to reach the first row', focusedIndex, /^0$/);
      await pressUntil('ArrowDown', `the keys to reach ${said}`, () => focusedRow(view), said);
    },

    /** Opens the row that has the focus. */
    async unfoldRow(view: string): Promise<void> {
      await page.keyboard.press('ArrowRight');
      const row = list(view).locator('.monaco-list-row.focused');
      await until('the row to be open', async () => (await attribute(row, 'aria-expanded')) === 'true');
    },

    /** Opens the menu of the row that has the focus, and takes the entry with this label. */
    async chooseFromMenu(label: string): Promise<void> {
      await page.keyboard.press('Shift+F10');
      const entry = page.locator('.monaco-menu .action-item.focused .action-label');
      await page.locator('.monaco-menu').first().waitFor();
      const focused = () => attribute(entry, 'aria-label');
      await pressUntil('ArrowDown', `"${label}" in the menu`, focused, new RegExp(`^${label}$`));
      await page.keyboard.press('Enter');
      await page.locator('.monaco-menu').first().waitFor({ state: 'detached' });
    },

    /** Goes to an item of the status bar, and does what Enter does there. */
    async enterStatusBarItem(id: string): Promise<void> {
      await page.keyboard.press('F6');
      const focused = () =>
        page.evaluate(
          `document.activeElement?.closest('.statusbar-item')?.id ?? (document.activeElement?.closest('.part')?.id ?? '')`,
        ) as Promise<string>;
      await pressUntil('F6', 'the focus on the status bar', focused, /statusbar|status\./);
      await pressUntil('ArrowRight', `the focus on ${id}`, focused, new RegExp(`${id}$`));
      await page.keyboard.press('Enter');
    },
  };
}

/** What an element is marked with, the first of several; empty if there is none now. */
async function attribute(elements: Locator, name: string): Promise<string> {
  const [first] = await elements.evaluateAll(
    (found: Drawn[], wished: string) => found.map((element) => element.getAttribute(wished)),
    name,
  );
  return first ?? '';
}
