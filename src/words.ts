/** What texts are made with: `vscode.l10n` in the editor, `ENGLISH` elsewhere. Placeholders are `{0}`, `{1}`, … */
export interface Words {
  t(message: string, ...args: (string | number | boolean)[]): string;
}

/** Texts as they stand in the source, with their placeholders filled. */
export const ENGLISH: Words = {
  t: (message, ...args) => message.replace(/\{(\d+)\}/g, (_, index) => String(args[Number(index)])),
};
