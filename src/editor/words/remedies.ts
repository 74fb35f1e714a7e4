import type { Remedies } from '../../remedies.ts';
import type { Words } from '../../words.ts';

/** What remedies name in the editor: settings, and commands by their titles. */
export const IN_THE_EDITOR: Remedies = {
  allowForeign: 'mkbox.allowForeignImages',
  imagePath: 'mkbox.imagePath',
  followLinks: 'mkbox.followLinks',
  allowedHosts: 'mkbox.allowedHosts',
  allow: 'mkbox.allow',
  pack: (words) => words.t('Pack Image'),
};

/** The title of the command that serves to others than this machine. */
export function serveToNetworkTitle(words: Words): string {
  return words.t('Serve to Boards on the Network…');
}
