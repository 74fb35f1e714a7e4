/** The menu that is open. */
import type { Locator, Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';

/** A menu is there at once; a busy machine gets more. */
const MENU_MS = 2_000;

/** An entry of a menu. */
export interface MenuItem {
  label: string;
  enabled: boolean;
}

/**
 * The entries of the menu that is opened, from top to bottom. Undefined when it has closed again: VS Code closes one when
 * the view that it belongs to is drawn anew in the moment it opens, and takes the focus back.
 */
export async function menuItems(page: Page): Promise<MenuItem[] | undefined> {
  const entries = page.locator('.monaco-menu .action-menu-item');
  const isOpen = await entries
    .first()
    .waitFor({ timeout: MENU_MS })
    .then(
      () => true,
      () => false,
    );
  if (!isOpen) return undefined;
  const items = await entries.evaluateAll((elements: Drawn[]) =>
    elements.map((element) => ({
      label: element.querySelector('.action-label')?.getAttribute('aria-label') ?? '',
      enabled: element.getAttribute('aria-disabled') !== 'true',
    })),
  );
  return items.length > 0 ? items : undefined;
}

/** Does what the entry of the open menu with this label does. Answers whether it did: the menu may have closed by itself. */
export async function clickMenuItem(page: Page, label: string): Promise<boolean> {
  const menu = page.locator('.monaco-menu');
  const entry = menu.locator('.action-item').filter({ has: page.locator(`[aria-label="${label}"]`) });
  try {
    await press(entry);
  } catch (error) {
    if ((await menu.count()) === 0) return false;
    throw error;
  }
  await menu.first().waitFor({ state: 'detached' });
  return true;
}

/** Points at an entry, and presses Enter there: a menu is deaf to the mouse's button while it opens. */
async function press(entry: Locator): Promise<void> {
  await entry.hover({ timeout: MENU_MS });
  await entry.and(entry.page().locator('.focused')).waitFor({ timeout: MENU_MS });
  await entry.locator('.action-menu-item').press('Enter', { timeout: MENU_MS });
}

/** Presses Escape in the open menu: the user changed their mind. */
export async function closeMenu(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('.monaco-menu').first().waitFor({ state: 'detached' });
}

/** What can be done with an open menu. */
export function menus(page: Page) {
  return { closeMenu: () => closeMenu(page) };
}
