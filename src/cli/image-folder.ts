import { access, constants, stat } from 'node:fs/promises';
import { codeText } from '../code-text.ts';
import { systemErrorCode, UserError } from '../errors.ts';

/** Says what is wrong with IMAGE_PATH, if anything is. @throws UserError */
export async function checkFolder(folder: string): Promise<void> {
  try {
    const stats = await stat(folder);
    if (!stats.isDirectory()) throw new UserError(`IMAGE_PATH: ${folder} is not a folder`);
    await access(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError(`IMAGE_PATH: there is no folder ${folder}`);
    throw new UserError(`IMAGE_PATH: the folder ${folder} cannot be read (${codeText(code)}); check its permissions`);
  }
}
