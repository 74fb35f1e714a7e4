/** What texts are made with: `vscode.l10n` in the editor, `ENGLISH` elsewhere. Placeholders are `{0}`, `{1}`, … */
export interface Words {
  t(message: string, ...args: (string | number | boolean)[]): string;
}

/** Texts as they stand in the source, with their placeholders filled. */
export const ENGLISH: Words = {
  t: (message, ...args) => message.replace(/\{(\d+)\}/g, (_, index) => String(args[Number(index)])),
};

/** What there is to tell someone, in their words. */
export type Told = (words: Words) => string;

/** Is told what went wrong: as a line of English, for a log, and in the words of whoever is to read it on a screen. */
export type OnMessage = (line: string, told: Told) => void;

/** Tells both. */
export function tell(onMessage: OnMessage, told: Told): void {
  onMessage(told(ENGLISH), told);
}
