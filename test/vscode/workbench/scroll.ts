/** Scrolling a list of the workbench. */
import type { Locator } from 'playwright-core';

/** What of the browser the function below needs, which runs there. */
interface Browser {
  requestAnimationFrame(then: () => void): void;
  readonly WheelEvent: new (type: string, options: object) => object;
}

/** A part of the document that hears of the wheel. */
interface Scrolled {
  querySelector(selector: string): (Scrolled & { dispatchEvent(event: object): void }) | null;
  getAttribute(name: string): string | null;
}

/**
 * Turns the wheel over a list (`.monaco-list`), wherever the pointer is, as a tooltip below that would scroll instead.
 * Waits until the list is drawn elsewhere, or for half a second: it can't go beyond its ends.
 */
export function scrollList(list: Locator, pixels: number): Promise<void> {
  return list.evaluate(async (element: Scrolled, pixels) => {
    const browser = globalThis as unknown as Browser;
    const place = () => element.querySelector('.monaco-list-rows')?.getAttribute('style');
    const before = place();
    // VS Code goes 50 pixels for each 120 of `wheelDelta`, whose sign is the other one when the event is made by a script
    const options = { deltaY: -pixels * (120 / 50), bubbles: true, cancelable: true };
    element.querySelector('.monaco-scrollable-element')?.dispatchEvent(new browser.WheelEvent('wheel', options));
    for (let frame = 0; frame < 30 && place() === before; frame++) {
      await new Promise<void>((resolve) => browser.requestAnimationFrame(resolve));
    }
  }, pixels);
}

/** Scrolls a list to its first row. */
export const scrollToTop = (list: Locator): Promise<void> => scrollList(list, -ALL_PIXELS);

/** More than any list of a test has. */
const ALL_PIXELS = 1_000_000;
