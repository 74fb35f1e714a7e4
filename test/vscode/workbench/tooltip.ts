/** What VS Code shows when the mouse rests on something. */
import type { Locator } from 'playwright-core';

/** Points at an element and reads what appears; the mouse goes away again. */
export async function tooltipOf(element: Locator): Promise<string> {
  const page = element.page();
  const shown = page.locator('.workbench-hover-container .monaco-hover');
  const pointNowhere = async () => {
    await page.mouse.move(0, 0);
    await shown.first().waitFor({ state: 'detached' });
  };
  await pointNowhere();
  await element.hover();
  const text = await shown.first().innerText();
  await pointNowhere();
  return text.replaceAll('\u00a0', ' ').trim();
}
