/** The editor of settings. */
import type { Page } from 'playwright-core';
import { until } from './wait.ts';

/** Settings as their editor shows them. */
export function settingsEditor(page: Page) {
  const editor = page.locator('.settings-editor');
  return {
    /** Waits for a setting, as in `Mkbox: Port`, and answers whose it is: `User`, `Workspace` or, with its address, `Remote […]`. */
    async scopeOf(title: string): Promise<string> {
      const titles = editor.locator('.setting-item-contents .setting-item-title');
      await until(
        title,
        () => titles.allTextContents(),
        (shown) => shown.includes(title),
      );
      return (await editor.locator('.settings-tabs-widget .action-label.checked').textContent()) ?? '';
    },

    async close(): Promise<void> {
      await until('the settings to close', async () => {
        await page.keyboard.press('Escape');
        return !(await editor.isVisible());
      });
    },
  };
}
