/** The dialogs that darken the window until they are answered. */
import type { Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { found } from './wait.ts';

/** What a dialog says and offers; the buttons in the order of the screen, from left to right. */
export interface Dialog {
  message: string;
  detail: string;
  buttons: string[];
  severity: 'info' | 'warning' | 'error' | 'other';
}

/** Modal dialogs: an extension's, and VS Code's own about trust. */
export function dialogs(page: Page) {
  const box = page.locator('.monaco-dialog-box');
  const read = async (): Promise<Dialog | undefined> => {
    const [dialog] = await box.evaluateAll((boxes: Drawn[]) =>
      boxes
        .filter((element) => element.checkVisibility())
        .map((element) => {
          const textOf = (part: Drawn | null) => (part?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
          return {
            message: textOf(element.querySelector('.dialog-message-text')),
            detail: [...element.querySelectorAll('.dialog-message-detail, .dialog-message-body')]
              .map(textOf)
              .join('\n')
              .trim(),
            buttons: [...element.querySelectorAll('.dialog-buttons .monaco-button')].map(textOf),
            icon: /codicon-dialog-(\w+)/.exec(element.querySelector('.dialog-icon')?.className ?? '')?.[1],
          };
        }),
    );
    if (!dialog) {
      return undefined;
    }
    const { icon, ...rest } = dialog;
    return { ...rest, severity: (['info', 'warning', 'error'] as const).find((kind) => kind === icon) ?? 'other' };
  };
  return {
    /** The dialog, as soon as it is there. */
    shown: () => found('a dialog', read),

    /** Whether one is there now. */
    isShown: async () => (await read()) !== undefined,

    /** Answers it, and waits until it is gone. */
    async click(button: string): Promise<void> {
      await found('a dialog', read);
      await box.getByRole('button', { name: button, exact: true }).click();
      await box.waitFor({ state: 'detached' });
    },
  };
}
