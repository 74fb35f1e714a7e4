/** The image that a new one is made of: the last build of it, or another image for the same board, or any. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

/** The bytes of an image in the project; undefined where there is none that is whole. */
export function templateFor(image, board, project) {
  const all = globSync(['boxes/*/*.img.zst', 'examples/*/*.img.zst'], { cwd: project });
  const rank = (file) => Number(path.basename(file) === `${image}.zst`) * 2 + Number(file.includes(`-${board}`));
  for (const file of all.sort((one, other) => rank(other) - rank(one))) {
    try {
      return zlib.zstdDecompressSync(readFileSync(path.join(project, file)));
    } catch {
      // half written by a build that was stopped: the next one will do
    }
  }
  return undefined;
}
