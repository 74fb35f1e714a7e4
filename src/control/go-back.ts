import type { RollOut } from '../boards/roll-out.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import { type ServeBuildParts, serveBuild } from './serve-build.ts';

/** What goes back. */
export interface GoBackParts extends Omit<ServeBuildParts, 'builds'> {
  readonly builds: KeptBuilds | undefined;
}

/**
 * Halts a roll-out, and serves the build before to all boards, those that took the new one, too. Answers that build;
 * undefined where it is not kept, and nothing was done. @throws system errors
 */
export async function goBack({ image, former }: RollOut, parts: GoBackParts): Promise<string | undefined> {
  const { acts, builds, why } = parts;
  if (builds === undefined || former === undefined) return undefined;
  if (builds.find({ imageId: image, buildId: former }) === undefined) return undefined;
  acts.haltRollOut(image, why);
  await serveBuild(image, former, { ...parts, builds });
  return former;
}
