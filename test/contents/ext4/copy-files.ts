import { cp, lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Larger files add nothing, and make it slow. */
const LARGEST_FILE_BYTES = 100_000;

/** Copies files of `from`, folder by folder, until there are `wanted`. Answers the regular ones. */
export async function copyFiles(from: string, to: string, wanted: number): Promise<string[]> {
  const copied: string[] = [];
  let entries = 0;
  const visit = async (at: string): Promise<void> => {
    const source = path.join(from, at);
    await mkdir(path.join(to, at), { recursive: true });
    entries++;
    const names = (await readdir(source, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of names) {
      if (entries >= wanted) return;
      const name = path.join(at, entry.name);
      if (entry.isDirectory()) {
        await visit(name);
        continue;
      }
      const { size } = await lstat(path.join(source, entry.name));
      if (!(entry.isFile() || entry.isSymbolicLink()) || size > LARGEST_FILE_BYTES) continue;
      await cp(path.join(source, entry.name), path.join(to, name), {
        verbatimSymlinks: true,
        preserveTimestamps: true,
      });
      if (entry.isFile()) copied.push(name);
      entries++;
    }
  };
  await visit('');
  return copied;
}
