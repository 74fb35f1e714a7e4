import type { Uri } from 'vscode';
import { UserError } from '../../errors.ts';
import type { Words } from '../../words.ts';

/**
 * Where a copy is to be written, as a path of this machine. Where VS Code's window is on another one, as over SSH or with a
 * container, its dialog offers that one's files, too (*Show Local*), whose paths mean something else here.
 * @throws UserError for such a file
 */
export function savePlace({ scheme, fsPath, path }: Pick<Uri, 'scheme' | 'fsPath' | 'path'>, words: Words): string {
  if (scheme === 'file') return fsPath;
  throw new UserError(
    words.t('{0} is on another machine than the images. Save it beside them, and download it from the Explorer.', path),
  );
}
