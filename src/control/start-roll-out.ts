import type { Stage } from '../boards/roll-out.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import type { Acts } from './acts.ts';

/** How a roll-out is started, by whom and why, and the builds that are kept, if any are. */
export interface StartRollOut {
  /** Those in which new builds go out here, without it; `waitMs` likewise. */
  readonly stages?: readonly Stage[] | undefined;
  readonly waitMs?: number | undefined;
  readonly why?: string | undefined;
  readonly acts: Acts;
  readonly builds: Pick<KeptBuilds, 'of' | 'choiceOf'> | undefined;
}

/**
 * Sends the newest `build` of an image (`<box>/<image>`) out in stages, whatever boards get in its place. The way back
 * leads to what they get now, if that is another build, or else to the one that was kept last.
 */
export function startRollOut(image: string, build: string, given: StartRollOut): void {
  const { stages, waitMs, why, acts, builds } = given;
  const kept = builds?.of(image).map(({ buildId }) => buildId) ?? [];
  const former = [builds?.choiceOf(image)?.build, ...kept].find((known) => known !== undefined && known !== build);
  const plan = { ...(stages && { stages }), ...(waitMs !== undefined && { waitMs }), isByHand: true } as const;
  acts.rollOut(image, build, former, plan, why);
}
