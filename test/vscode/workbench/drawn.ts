/** The little of the browser's document that the page object reads; its code runs in the browser, not here. */
export interface Drawn {
  readonly id: string;
  readonly className: string;
  readonly textContent: string | null;
  readonly value?: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Drawn | null;
  querySelectorAll(selector: string): Iterable<Drawn>;
  /** VS Code reuses the elements of its lists: what a former row showed may still be inside, hidden. */
  checkVisibility(): boolean;
}
