import type { RollOut } from '../boards/roll-out.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import type { Acts } from './acts.ts';

/** What goes back. */
export interface GoBackParts {
  readonly acts: Acts;
  readonly builds: KeptBuilds | undefined;
  readonly by: string;
  readonly why?: string | undefined;
}

/**
 * Halts a roll-out, and serves the build before to all boards, those that took the new one, too. Answers that build;
 * undefined where it is not kept, and nothing was done. @throws system errors
 */
export async function goBack({ image, former }: RollOut, parts: GoBackParts): Promise<string | undefined> {
  const { acts, builds, by, why } = parts;
  if (builds === undefined || former === undefined) return undefined;
  const name = { imageId: image, buildId: former };
  if (builds.find(name) === undefined) return undefined;
  acts.haltRollOut(image, why);
  await builds.serveAgain(name, { by, atMs: Date.now(), ...(why === undefined ? {} : { why }) });
  acts.servesBuild(image, former, why);
  return former;
}
