import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes SHA256SUMS about all files in `folder`, for `sha256sum -c`. Answers their names. */
export function writeSums(folder: string): string[] {
  const names = readdirSync(folder).sort();
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
  writeFileSync(path.join(folder, 'SHA256SUMS'), names.map((name) => `${digest(name)}  ${name}\n`).join(''));
  return names;
}
