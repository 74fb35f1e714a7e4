import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withoutPictures } from '../../without-pictures.ts';
import type { PackagedFile } from './tree.ts';

/** What the manual leads to, and what that leads to: all but what is for work on the project. */
const DOCUMENTS = [
  'assignment.md',
  'control.md',
  'decisions/001-edge-cache.md',
  'performance.md',
  'production.md',
  'protocol.md',
  'server.md',
  'status.md',
  'systemd.md',
  'update-server.1.md',
];

/** The documents of the project in `root`, in the folder `folder` of a package, without pictures and links to what is not in it. */
export function documents(root: string, folder: string): PackagedFile[] {
  return DOCUMENTS.map((name) => {
    const text = withoutPictures(readFileSync(path.join(root, 'docs', name), 'utf8'));
    return { path: `${folder}/${name}`, content: Buffer.from(text.replace(/\[([^\]]*)\]\(\.\.\/[^)]*\)/g, '$1')) };
  });
}
