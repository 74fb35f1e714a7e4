import { createHash } from 'node:crypto';
import path from 'node:path';

/**
 * The file below the extension's `folder` that keeps the boards of one workspace, named by its URIs: windows of
 * different workspaces never write to the same one. Undefined for a window without a workspace.
 */
export function boardFile(folder: string, workspaceUris: readonly string[]): string | undefined {
  return fileOf(folder, workspaceUris, '.json');
}

/** The file that keeps the requests of one workspace, beside that of its boards. */
export function requestFile(folder: string, workspaceUris: readonly string[]): string | undefined {
  return fileOf(folder, workspaceUris, '.requests.json');
}

function fileOf(folder: string, workspaceUris: readonly string[], end: string): string | undefined {
  if (workspaceUris.length === 0) return undefined;
  const name = createHash('sha256').update(workspaceUris.join('\n')).digest('hex').slice(0, 32);
  return path.join(folder, 'boards', `${name}${end}`);
}
