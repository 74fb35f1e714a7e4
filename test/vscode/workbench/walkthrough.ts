/** The page on which a user gets to know the extension. */
import type { Page } from 'playwright-core';

const WALKTHROUGH = 'mkbox.mkbox#start';

/** The steps of the extension's walkthrough, by their IDs in the manifest. */
export function walkthrough(page: Page) {
  const step = (id: string) => page.locator(`[data-step-id="${WALKTHROUGH}#${id}"]`);
  const mark = (id: string) => page.locator(`[data-done-step-id="${WALKTHROUGH}#${id}"]`);
  return {
    /** The IDs of the steps, from first to last. */
    async steps(): Promise<(string | undefined)[]> {
      await page.locator('[data-step-id]').first().waitFor();
      const ids = await page
        .locator('[data-step-id]')
        .evaluateAll((elements: { getAttribute(name: string): string | null }[]) =>
          elements.map((element) => element.getAttribute('data-step-id') ?? ''),
        );
      return ids.map((id) => id.split('#')[2]);
    },

    /** Brings the page back in front of other editors. */
    show: () => page.getByRole('tab', { name: /mkbox/ }).click(),

    /** Unfolds a step, and waits until its picture is drawn. */
    async unfold(id: string): Promise<void> {
      if ((await step(id).getAttribute('aria-expanded')) !== 'true') await step(id).locator('.step-title').click();
      const picture = page.frameLocator('.gettingStartedContainer iframe, iframe.webview').last();
      await picture.frameLocator('#active-frame').locator('svg').waitFor();
    },

    /** Presses a button of a step that is unfolded. */
    press: (id: string, button: string) => step(id).getByRole('button', { name: button, exact: true }).click(),

    isDone: async (id: string): Promise<boolean> => (await mark(id).getAttribute('aria-checked')) === 'true',
  };
}
