import path from 'node:path';
import { ImageChecks } from '../checks/image-checks.ts';
import { codeText } from '../code-text.ts';
import { Catalog } from '../images/catalog.ts';
import { printable } from '../printable.ts';
import type { CommandSettings } from './environment.ts';
import { checkFolder } from './image-folder.ts';
import { checkKeptFiles } from './kept-files.ts';

/** Does what takes the images of IMAGE_PATH, and what is known of them. @throws UserError, and what `act` throws. */
export async function withChecks<T>(
  settings: CommandSettings,
  act: (catalog: Catalog, checks: ImageChecks) => Promise<T>,
): Promise<T> {
  const folder = path.resolve(settings.imagePath);
  await checkFolder(folder);
  await checkKeptFiles(settings);
  const warn = (text: string) => process.stderr.write(`${printable(text)}\n`);
  const checks = await ImageChecks.open(settings.checksPath, settings, warn);
  checks.events.on('unkept', (code) => warn(unkeptChecksText(settings, code)));
  try {
    return await act(new Catalog([folder], { followsLinks: settings.followLinks }), checks);
  } finally {
    await checks.close();
  }
}

/** That what was found out about images can't be kept, in a line of English; `code`: why, as the system names it. */
export function unkeptChecksText({ checksPath }: Pick<CommandSettings, 'checksPath'>, code: string): string {
  return `can't save image check results in ${checksPath} (${codeText(code)}); the next start checks the images again`;
}
