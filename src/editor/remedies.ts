import type { Remedies } from '../words.ts';

/** What remedies name in the editor: settings, and commands by their titles. */
export const IN_THE_EDITOR: Remedies = {
  allowForeign: 'mkbox.allowForeignImages',
  allowedHosts: 'mkbox.allowedHosts',
  allow: 'mkbox.allow',
  pack: (words) => words.t('Pack Image'),
};
