/** The parts of an image's name that people choose: branch and version. They become part of a file's name and of a query. */

const PART = /^[A-Za-z0-9_][\w.+-]*$/;

/** Whether a branch or a version can be part of an image's name as it is. */
export function isNamePart(text: string): boolean {
  return PART.test(text);
}

/** The usual replacement: `feature-x` for `feature/x`. Empty where nothing is left. */
export function asNamePart(text: string): string {
  return text.replace(/[^\w.+-]+/g, '-').replace(/^[-.+]+|-+$/g, '');
}

/** The name of the image that mkbox builds, without `.img`. */
export function builtImage(name: string, wish: { board: string; branch?: string; version?: string }): string {
  return [name, wish.board, wish.branch, wish.version].filter(Boolean).join('-');
}
