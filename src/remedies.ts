import type { Words } from './words.ts';

/** What remedies name: a setting or a command has one name in the editor, and another at the command line. */
export interface Remedies {
  /** Serves images that mkbox did not make. */
  readonly allowForeign: string;
  /** Names the image folder. */
  readonly imagePath: string;
  /** Follows links out of the image folder. */
  readonly followLinks: string;
  /** Lists the names that the server answers to. */
  readonly allowedHosts: string;
  /** Lists the networks that may ask. */
  readonly allow: string;
  /** Compresses a raw image. */
  pack(words: Words): string;
}

/** The names at the command line. */
export const COMMAND_LINE: Remedies = {
  allowForeign: 'ALLOW_FOREIGN=true',
  imagePath: 'IMAGE_PATH',
  followLinks: 'FOLLOW_LINKS=true',
  allowedHosts: 'ALLOWED_HOSTS',
  allow: 'ALLOW',
  pack: () => 'update-server pack',
};
