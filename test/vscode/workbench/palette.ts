/** The command palette, and the list of files that is its sister. */
import type { Page } from 'playwright-core';
import { focusRow, PALETTE_PREFIX, type PickRow, readQuickInput } from './quick-input.ts';
import { settled, until } from './wait.ts';

/** An extension's commands may come late; the palette shows them when it is asked again. */
const ASK_AGAIN_MS = 1_000;

/** The palette filters a moment after the last key, and looks for similar commands another moment later. */
const FILTER_MS = 600;

/** Running commands and opening files by their names. */
export function palette(page: Page) {
  const box = page.locator('.quick-input-widget');
  const rows = async () => (await readQuickInput(box))?.rows ?? [];

  /** Whether the box opens: a window that has only begun to draw takes no keys. */
  const opens = () =>
    box.waitFor({ timeout: ASK_AGAIN_MS }).then(
      () => true,
      () => false,
    );

  /** Opens the box with a key and types, until the list holds what is wished. */
  async function ask(key: string, text: string, isAsWished: (rows: PickRow[]) => boolean): Promise<PickRow[]> {
    let askedAt = 0;
    return until(
      `"${text}" in the list`,
      async () => {
        const value = (await readQuickInput(box))?.value;
        if (value !== text || Date.now() > askedAt + ASK_AGAIN_MS) {
          askedAt = Date.now();
          await page.keyboard.press(key);
          if (!(await opens())) return [];
          await box.locator('input.input').fill(text);
        }
        return rows();
      },
      isAsWished,
    );
  }

  return {
    /** Runs a command by its whole title: `mkbox: Serve Images`. */
    async runCommand(title: string): Promise<void> {
      await ask('F1', PALETTE_PREFIX + title, (shown) => shown.some(({ label }) => label === title));
      await focusRow(box, title);
      await page.keyboard.press('Enter');
    },

    /** The commands that match a filter, in the palette's order; those it calls similar are left out. */
    async commands(filter: string): Promise<string[]> {
      await ask('F1', PALETTE_PREFIX + filter, ({ length }) => length > 0);
      const shown = await settled(`the commands for "${filter}"`, rows, ({ length }) => length > 0, FILTER_MS);
      await page.keyboard.press('Escape');
      await box.waitFor({ state: 'hidden' });
      const similar = shown.findIndex(({ separator }) => separator === 'similar commands');
      const labels = shown.slice(0, similar === -1 ? undefined : similar).map(({ label }) => label);
      return labels.filter((label) => label !== 'No matching commands');
    },

    /** Opens a file of the workspace by its path in it, in an editor. */
    async openFile(path: string): Promise<void> {
      const name = path.slice(path.lastIndexOf('/') + 1);
      await ask('Control+p', path, (shown) => shown.some(({ label }) => label === name));
      await focusRow(box, name);
      await page.keyboard.press('Enter');
      await page.locator('.tabs-container .tab.active', { hasText: name }).waitFor();
    },
  };
}
