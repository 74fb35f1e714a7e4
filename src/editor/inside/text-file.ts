import type { FileTree } from '../../contents/file-tree.ts';

/** As git has it: a file with a zero byte in its beginning is no text. */
const LOOKED_AT_BYTES = 8_000;

/** Whether a file in a tree looks like text by its beginning; what can't be read does not. */
export async function looksLikeText(files: FileTree, path: string): Promise<boolean> {
  const pieces = await files.read(path);
  if ('kind' in pieces) return false;
  let bytes = 0;
  for await (const piece of pieces) {
    if (piece.subarray(0, LOOKED_AT_BYTES - bytes).includes(0)) return false;
    bytes += piece.length;
    if (bytes >= LOOKED_AT_BYTES) break;
  }
  return true;
}
