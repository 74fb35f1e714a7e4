import { ok } from 'node:assert/strict';
import { DamagedVolume } from '../../../src/contents/damaged-volume.ts';
import type { FileNode } from '../../../src/contents/file-node.ts';
import { UserError } from '../../../src/errors.ts';

/** No answer may take more: milliseconds of the processor, so that other work on the machine counts little. */
const LONGEST_ANSWER_MS = 2000;
const MOST_FILES = 1000;
/** Of a file, so many bytes are read. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What `ask` answers; undefined where it says that something is damaged. It may not take long, nor throw anything else. */
export async function answerOf<T>(ask: () => Promise<T>): Promise<T | undefined> {
  const start = process.cpuUsage();
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DamagedVolume || error instanceof UserError) return undefined;
    throw error;
  } finally {
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    ok(ms < LONGEST_ANSWER_MS, `an answer took ${Math.round(ms)} ms`);
  }
}

/** Looks at all files below a folder in every way there is. Folders that were seen are not looked into again. */
export async function lookAtAll(open: () => Promise<FileNode>): Promise<void> {
  const waiting = [await answerOf(open)];
  const seen = new Set<number>();
  let files = 0;
  for (let node = waiting.pop(); node !== undefined && files < MOST_FILES; node = waiting.pop()) {
    const file = node;
    files++;
    if (file.status.type === 'folder' && seen.has(file.status.id)) continue;
    if (file.status.type === 'folder') seen.add(file.status.id);
    await answerOf(() => file.target());
    await answerOf(() => file.attributes());
    await answerOf(() => readSome(file));
    waiting.push(...((await answerOf(() => childrenOf(file))) ?? []));
  }
}

async function readSome(node: FileNode): Promise<void> {
  let bytes = 0;
  for await (const piece of node.read()) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return;
  }
}

async function childrenOf(node: FileNode): Promise<FileNode[]> {
  const children: FileNode[] = [];
  for await (const listed of node.list()) {
    for (const child of listed) {
      const opened = await answerOf(async () => child.open());
      if (opened !== undefined) children.push(opened);
      if (children.length === MOST_FILES) return children;
    }
  }
  return children;
}
