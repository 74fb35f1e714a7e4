/** The box at the top of the window: the command palette, an extension's list to pick from, a line to type. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { Drawn } from './drawn.ts';
import { found, settled, until } from './wait.ts';

/** A row of the list, as a user reads it. */
export interface PickRow {
  label: string;
  description: string;
  detail: string;
  /** The codicon before the label, without its prefix: `heart`. */
  icon: string | undefined;
  focused: boolean;
  /** The name of the group that begins with this row, at its right end; mostly empty. */
  separator: string;
}

/** What the box shows. */
export interface QuickInput {
  title: string;
  placeholder: string;
  value: string;
  /** The line below: an input box's prompt, or what is wrong with the value. */
  message: string;
  rows: PickRow[];
}

/** An extension checks a value a moment after it was typed, and takes a moment for it. */
const VALIDATION_MS = 300;

/** What an extension asks for with `showQuickPick` and `showInputBox`. */
export function quickInput(page: Page) {
  const box = page.locator('.quick-input-widget');
  const asked = () =>
    found('a list or an input box', async () => {
      const shown = await readQuickInput(box);
      return shown && !isPalette(shown) ? shown : undefined;
    });
  return {
    /** The list an extension asks to pick from, once it has rows. */
    quickPick: () => until('a list to pick from', asked, ({ rows }) => rows.length > 0),

    /** What an extension asks for now, a list or a line. */
    quickPickOrBox: asked,

    /** Picks the row with this label. */
    async choose(label: string): Promise<void> {
      await until(`"${label}" in the list`, asked, ({ rows }) => rows.some((row) => row.label === label));
      await focusRow(box, label);
      await page.keyboard.press('Enter');
    },

    /** Types a line into the input box an extension shows, and says what the box shows then. */
    async typeIntoInputBox(value: string): Promise<QuickInput> {
      await asked();
      await box.locator('input.input').fill(value);
      return settled('the input box', asked, (shown) => shown.value === value, VALIDATION_MS);
    },

    /** Answers the input box an extension shows. */
    async inputBox(value: string): Promise<void> {
      await this.typeIntoInputBox(value);
      await page.keyboard.press('Enter');
      await until('the input box to close', async () => (await readQuickInput(box))?.value !== value);
    },

    /**
     * Answers VS Code's own dialog for a file or a folder. It writes the proposed path into its box bit by bit, and again
     * while it looks the folder up: what is typed meanwhile is mixed with that, so it is typed until it stays.
     */
    async answerFileDialog(file: string): Promise<void> {
      await settled('the proposed path', asked, ({ value }) => value !== '', VALIDATION_MS);
      await until('the path to stay as it was typed', async () => {
        await box.locator('input.input').fill(file);
        await sleep(VALIDATION_MS);
        return (await asked()).value === file;
      });
      await page.keyboard.press('Enter');
      await until('the dialog to close', async () => (await readQuickInput(box)) === undefined);
    },

    /** Presses Escape: the user changed their mind. */
    async cancelQuickInput(): Promise<void> {
      await page.keyboard.press('Escape');
      await box.waitFor({ state: 'hidden' });
    },
  };
}

/** What the box shows, unless it is closed. */
export async function readQuickInput(box: Locator): Promise<QuickInput | undefined> {
  const [shown] = await box.evaluateAll((boxes: Drawn[]) =>
    boxes
      .filter((element) => element.checkVisibility())
      .map((element) => {
        const textOf = (within: Drawn, selector: string): string => {
          const part = within.querySelector(selector);
          return part?.checkVisibility() ? (part.textContent ?? '').replaceAll('\u00a0', ' ').trim() : '';
        };
        const input = element.querySelector('input.input');
        const rows = [...element.querySelectorAll('.quick-input-list .monaco-list-rows > .monaco-list-row')];
        return {
          title: textOf(element, '.quick-input-title'),
          placeholder: input?.getAttribute('placeholder') ?? '',
          value: input?.value ?? '',
          message: textOf(element, '.quick-input-message'),
          rows: rows
            .filter((row) => row.checkVisibility())
            .sort((a, b) => Number(a.getAttribute('data-index')) - Number(b.getAttribute('data-index')))
            .map((row) => ({
              label: textOf(row, '.label-name'),
              description: textOf(row, '.label-description'),
              detail: textOf(row, '.quick-input-list-label-meta .label-name'),
              icon: /codicon-([\w-]+)/.exec(row.querySelector('.label-name .codicon')?.className ?? '')?.[1],
              focused: row.className.split(' ').includes('focused'),
              separator: textOf(row, '.quick-input-list-separator'),
            })),
        };
      }),
  );
  return shown;
}

/** Moves the focus to a row, whatever stands above it, and returns only once the list came to rest there. */
export async function focusRow(box: Locator, label: string): Promise<void> {
  let restedOn = '';
  await until(`the focus on "${label}"`, async () => {
    const rows = (await readQuickInput(box))?.rows ?? [];
    const focused = rows.findIndex((row) => row.focused);
    const wished = rows.findIndex((row) => row.label === label);
    if (wished !== -1 && focused !== wished) {
      await box.page().keyboard.press(focused < wished ? 'ArrowDown' : 'ArrowUp');
    }
    const list = JSON.stringify(rows);
    const resting = wished !== -1 && focused === wished && list === restedOn;
    restedOn = list;
    return resting;
  });
}

/** The command palette's value always begins with this. */
export const PALETTE_PREFIX = '>';

function isPalette({ value }: QuickInput): boolean {
  return value.startsWith(PALETTE_PREFIX);
}
