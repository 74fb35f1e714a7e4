/** The messages at the bottom right. */
import type { Locator, Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { found } from './wait.ts';

/** A message with its buttons. */
export interface Notification {
  severity: 'info' | 'warning' | 'error';
  text: string;
  buttons: string[];
  /** Who sent it: `mkbox`. */
  source: string;
}

/** Messages, found by a part of their text. */
export function notifications(page: Page) {
  const items = page.locator('.notifications-toasts .notification-list-item');

  const shown = () =>
    items.evaluateAll((elements: Drawn[]): Notification[] =>
      elements
        .filter((element) => element.checkVisibility())
        .map((element) => {
          const textOf = (part: Drawn | null) => (part?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
          const icon = element.querySelector('.notification-list-item-icon')?.className ?? '';
          const buttons = element.querySelectorAll('.notification-list-item-buttons-container .monaco-button');
          return {
            severity: icon.includes('-error') ? 'error' : icon.includes('-warning') ? 'warning' : 'info',
            text: textOf(element.querySelector('.notification-list-item-message')),
            buttons: [...buttons].map(textOf),
            source: textOf(element.querySelector('.notification-list-item-source')).replace(/^Source: /, ''),
          };
        }),
    );

  const withText = async (text: string): Promise<Locator> => {
    await found(`the message "${text}"`, async () => (await shown()).find((message) => message.text.includes(text)));
    return items.filter({ has: page.locator('.notification-list-item-message', { hasText: text }) }).first();
  };

  return {
    /** All messages shown now, the newest first. */
    notifications: shown,

    /** The message, as soon as it is there. */
    notification: (text: string) =>
      found(`the message "${text}"`, async () => (await shown()).find((message) => message.text.includes(text))),

    /** Answers a message with one of its buttons. */
    async clickNotificationButton(text: string, button: string): Promise<void> {
      const item = await withText(text);
      await item.getByRole('button', { name: button, exact: true }).click();
    },

    /** Closes a message with its cross, which answers nothing. */
    async dismissNotification(text: string): Promise<void> {
      const item = await withText(text);
      await item.hover();
      await item.locator('.codicon-notifications-clear').click();
      await item.waitFor({ state: 'detached' });
    },
  };
}
