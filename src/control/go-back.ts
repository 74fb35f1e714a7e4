import type { RollOut } from '../boards/roll-out.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import { type ServeBuildParts, serveBuild } from './serve-build.ts';

/** What goes back. */
export interface GoBackParts extends Omit<ServeBuildParts, 'builds'> {
  readonly builds: KeptBuilds | undefined;
}

/** What came of going back. */
export type WentBack =
  | 'done'
  /** The build before is not kept. Nothing was done, as below. */
  | 'not kept'
  /** That build is not being rolled out any more: the way back of another one may be another. */
  | 'replaced';

/** Halts a roll-out, and serves the build before to all boards, those that took the new one, too. @throws system errors */
export async function goBack({ image, build, former }: RollOut, parts: GoBackParts): Promise<WentBack> {
  const { acts, builds, why } = parts;
  if (builds === undefined || former === undefined) return 'not kept';
  if (builds.find({ imageId: image, buildId: former }) === undefined) return 'not kept';
  if (!acts.haltRollOut(image, build, why)) return 'replaced';
  await serveBuild(image, former, { ...parts, builds });
  return 'done';
}
