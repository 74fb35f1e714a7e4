/** What VS Code shows when the mouse rests on something. */
import { errors, type Locator } from 'playwright-core';
import { found } from './wait.ts';

/** It is there half a second after the mouse came to rest; one whose row was drawn anew meanwhile never comes. */
const APPEARS_MS = 3_000;

/** Points at an element and reads what appears; the mouse goes away again. */
export async function tooltipOf(element: Locator): Promise<string> {
  const page = element.page();
  const shown = page.locator('.workbench-hover-container .monaco-hover');
  const pointNowhere = async () => {
    await page.mouse.move(0, 0);
    await shown.first().waitFor({ state: 'detached' });
  };
  const text = await found('the hover', async () => {
    await pointNowhere();
    await element.hover();
    return shown.first().innerText({ timeout: APPEARS_MS }).catch(unlessTimedOut);
  });
  await pointNowhere();
  return text.replaceAll('\u00a0', ' ').trim();
}

function unlessTimedOut(error: unknown): undefined {
  if (!(error instanceof errors.TimeoutError)) throw error;
}
