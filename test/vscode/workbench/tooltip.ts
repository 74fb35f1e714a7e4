/** What VS Code shows when the mouse rests on something. */
import { errors, type Locator, type Page } from 'playwright-core';
import { found, until } from './wait.ts';

/** It is there half a second after the mouse came to rest; one whose row was drawn anew meanwhile never comes. */
const APPEARS_MS = 3_000;

/** It is gone a quarter of a second after the mouse left. */
const GOES_MS = 1_000;

/** Points at an element until something appears, and reads it; the mouse stays there. */
export async function showTooltip(element: Locator): Promise<string> {
  // what is in it comes later, if that is asked for only then
  const shown = shownOn(element.page()).filter({ hasNotText: /^\s*Loading\.\.\.\s*$/ });
  const text = await found('the hover', async () => {
    await pointNowhere(element.page());
    await element.hover();
    return shown.innerText({ timeout: APPEARS_MS }).catch(unlessTimedOut);
  });
  return text.replaceAll('\u00a0', ' ').trim();
}

/** Points at an element and reads what appears; the mouse goes away again. */
export async function tooltipOf(element: Locator): Promise<string> {
  const text = await showTooltip(element);
  await pointNowhere(element.page());
  return text;
}

/** Takes the mouse away, and with it what pointing at something shows, which may lie over what is next. */
export async function pointNowhere(page: Page): Promise<void> {
  const { mouse } = page;
  const shown = shownOn(page);
  await until('the hover to be gone', async () => {
    await mouse.move(0, 0);
    const isGone = await shown.waitFor({ state: 'detached', timeout: GOES_MS }).then(() => true, unlessTimedOut);
    // a hover that appears just as the mouse leaves stays until the mouse has been over it
    const box = isGone ? undefined : await shown.boundingBox({ timeout: GOES_MS }).catch(unlessTimedOut);
    if (box) await mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    return isGone;
  });
}

function shownOn(page: Page): Locator {
  return page.locator('.workbench-hover-container .monaco-hover').first();
}

/** What was to be done could not be, in time; any other error is thrown. */
export function unlessTimedOut(error: unknown): undefined {
  if (!(error instanceof errors.TimeoutError)) throw error;
}
