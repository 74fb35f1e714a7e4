/**
 * `text` as a message or a progress of the editor may show it: of `[words](command:…)` in those VS Code makes a link
 * that runs the command, and what others called their images, boxes and workspaces stands in them.
 */
export function plainMessage(text: string): string {
  return text.replaceAll('](', '] (');
}
