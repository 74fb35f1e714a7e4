import path from 'node:path';
import { Inventories } from '../checks/inventories.ts';
import { codeText } from '../code-text.ts';

/** The inventories that are kept beside what is known of images, if that is kept. `warn` is told what goes wrong, in lines of English. */
export function openInventories(checksPath: string | undefined, warn: (text: string) => void): Inventories | undefined {
  if (checksPath === undefined) return undefined;
  const folder = path.join(path.dirname(checksPath), 'inventories');
  const inventories = new Inventories(folder);
  inventories.events.on('damaged', warn);
  inventories.events.on('unkept', (code) => warn(`can't save an inventory in ${folder} (${codeText(code)})`));
  return inventories;
}
