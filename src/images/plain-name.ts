import { ENGLISH, type Words } from '../words.ts';

/**
 * Why no board can ask for an image of that name, in which box, board, branch and version stand as boards send them, if so:
 * their curl, which is run without options, refuses blanks, takes brackets and braces for patterns (curl(1), GLOBBING), and
 * sends the rest as it is, of which servers take only ASCII.
 */
export function plainNameHint(image: string, words: Words = ENGLISH): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(image)) {
    return words.t(
      "boards can't ask for a name with letters beyond ASCII: they don't percent-encode it; give the box a plain name",
    );
  }
  const [part] = /[ #&[\]{}]|%[0-9a-f]{2}/i.exec(image) ?? [];
  if (part === undefined) return undefined;
  const what = part === ' ' ? words.t('a blank') : part;
  return words.t("boards can't ask for a name with {0} in it: they don't percent-encode it; choose a plain name", what);
}
