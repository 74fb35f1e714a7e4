/**
 * A Markdown text without the paragraphs that are a picture in a file. VS Code shows a README's pictures only where they
 * are on the web: it drops paths and `data:` URLs, and leaves a broken picture.
 */
export function withoutPictures(text: string): string {
  return text.replace(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?/gm, '');
}
