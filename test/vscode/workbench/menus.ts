/** The menu that is open. */
import type { Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { until } from './wait.ts';

/** An entry of a menu. */
export interface MenuItem {
  label: string;
  enabled: boolean;
}

/** The entries of the open menu, from top to bottom. */
export async function menuItems(page: Page): Promise<MenuItem[]> {
  const entries = page.locator('.monaco-menu .action-menu-item');
  return until(
    'a menu',
    () =>
      entries.evaluateAll((elements: Drawn[]) =>
        elements.map((element) => ({
          label: element.querySelector('.action-label')?.getAttribute('aria-label') ?? '',
          enabled: element.getAttribute('aria-disabled') !== 'true',
        })),
      ),
    (items) => items.length > 0,
  );
}

/** What can be done with an open menu. */
export function menus(page: Page) {
  const menu = page.locator('.monaco-menu');
  return {
    /** Does what the entry with this label does. */
    async clickContextItem(label: string): Promise<void> {
      // A menu is deaf to the mouse's button while it opens; the key works at once.
      const entry = page.locator('.monaco-menu .action-item').filter({ has: page.locator(`[aria-label="${label}"]`) });
      await entry.hover();
      await entry.and(page.locator('.focused')).waitFor();
      await page.keyboard.press('Enter');
      await menu.first().waitFor({ state: 'detached' });
    },

    /** Presses Escape: the user changed their mind. */
    async closeMenu(): Promise<void> {
      await page.keyboard.press('Escape');
      await menu.first().waitFor({ state: 'detached' });
    },
  };
}
