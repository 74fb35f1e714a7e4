/** The line at the bottom of the window. */
import type { Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { tooltipOf } from './tooltip.ts';
import { found } from './wait.ts';

/** An item, as it is drawn and as a screen reader says it. */
export interface StatusBarItem {
  /** `<publisher>.<extension>.<id>` */
  id: string;
  text: string;
  ariaLabel: string;
  /** The codicons in its text, without their prefix. */
  icons: string[];
  /** The colour that says how urgent it is. */
  urgency: 'normal' | 'prominent' | 'warning' | 'error';
}

/** The status bar's items, found by their ID (with or without the extension's name before it) or a part of their text. */
export function statusBar(page: Page) {
  async function findItem(idOrText: string): Promise<StatusBarItem | undefined> {
    const items = await page.locator('.part.statusbar .statusbar-item').evaluateAll((elements: Drawn[]) =>
      elements
        .filter((element) => element.checkVisibility())
        .map((element) => ({
          id: element.id,
          text: (element.textContent ?? '').replaceAll('\u00a0', ' ').trim(),
          ariaLabel: element.getAttribute('aria-label') ?? '',
          classes: element.className,
          icons: [...element.querySelectorAll('.codicon')].map(
            (icon) => /codicon-([\w-]+)/.exec(icon.className)?.[1] ?? '',
          ),
        })),
    );
    const item =
      items.find(({ id }) => id === idOrText || id.endsWith(`.${idOrText}`)) ??
      items.find(({ text }) => text.includes(idOrText));
    if (!item) {
      return undefined;
    }
    const { classes, ...rest } = item;
    const urgency = (['error', 'warning', 'prominent'] as const).find((kind) => classes.includes(`${kind}-kind`));
    return { ...rest, urgency: urgency ?? 'normal' };
  }
  const item = (idOrText: string) => found(`the status bar item "${idOrText}"`, () => findItem(idOrText));
  const element = async (idOrText: string) => page.locator(`[id="${(await item(idOrText)).id}"]`);
  return {
    /** The item, as soon as it is there. */
    statusBarItem: item,

    /** Whether it is there now. */
    hasStatusBarItem: async (idOrText: string) => (await findItem(idOrText)) !== undefined,

    /** What pointing at it shows. */
    statusBarTooltip: async (idOrText: string) => tooltipOf(await element(idOrText)),

    /** Does what a click on it does. */
    async clickStatusBarItem(idOrText: string): Promise<void> {
      await (await element(idOrText)).locator('a').first().click();
    },
  };
}
