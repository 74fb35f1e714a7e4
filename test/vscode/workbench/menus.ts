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

/** Does what the entry of the open menu with this label does. */
export async function clickMenuItem(page: Page, label: string): Promise<void> {
  // A menu is deaf to the mouse's button while it opens; the key works at once.
  const entry = page.locator('.monaco-menu .action-item').filter({ has: page.locator(`[aria-label="${label}"]`) });
  await entry.hover();
  await entry.and(page.locator('.focused')).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.monaco-menu').first().waitFor({ state: 'detached' });
}

/** Presses Escape in the open menu: the user changed their mind. */
export async function closeMenu(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('.monaco-menu').first().waitFor({ state: 'detached' });
}

/** What can be done with an open menu. */
export function menus(page: Page) {
  return {
    clickContextItem: (label: string) => clickMenuItem(page, label),
    closeMenu: () => closeMenu(page),
  };
}
