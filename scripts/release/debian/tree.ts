import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** A file in a package. */
export interface PackagedFile {
  /** Without a slash before it: `usr/bin/update-server`. */
  readonly path: string;
  readonly content: Buffer;
  readonly isExecutable?: boolean;
}

/** A tar archive of `files` and the folders that they lie in, all root's, of the time `seconds`. */
export async function tarOf(files: readonly PackagedFile[], seconds: number): Promise<Buffer> {
  const archive = pack();
  const rest = { mtime: new Date(seconds * 1000), uid: 0, gid: 0, uname: 'root', gname: 'root' };
  const whole = buffer(archive);
  for (const folder of foldersOf(files))
    archive.entry({ ...rest, name: `./${folder}`, type: 'directory', mode: 0o755 });
  for (const { path, content, isExecutable } of files) {
    archive.entry({ ...rest, name: `./${path}`, mode: isExecutable ? 0o755 : 0o644, size: content.length }, content);
  }
  archive.finalize();
  return whole;
}

/** The folders that `files` lie in, each before those in it; `''` is the root. */
export function foldersOf(files: readonly PackagedFile[]): string[] {
  const folders = files.flatMap(({ path }) =>
    path.split('/').map((_, depth, names) => names.slice(0, depth).join('/')),
  );
  return [...new Set(folders)].sort();
}
