/**
 * `text` made safe for a message or a progress of the editor: VS Code turns `[words](command:…)` in those into a link
 * that runs the command, and the names of images, boxes and workspaces are chosen by others.
 */
export function plainMessage(text: string): string {
  return text.replaceAll('](', '] (');
}
