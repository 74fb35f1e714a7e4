import type { Stage } from '../boards/roll-out.ts';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import type { Acts } from './acts.ts';

/** How a roll-out is started, by whom and why, and the builds that are kept, if any are. */
export interface StartRollOut {
  readonly stages: readonly Stage[];
  readonly why?: string | undefined;
  readonly acts: Acts;
  readonly builds: Pick<KeptBuilds, 'of' | 'choiceOf'> | undefined;
}

/**
 * Sends the newest `build` of an image (`<box>/<image>`) out in stages, whatever boards get in its place. The way back
 * leads to what they get now, if that is another build, or else to the one that was kept last.
 */
export function startRollOut(image: string, build: string, { stages, why, acts, builds }: StartRollOut): void {
  const kept = builds?.of(image).map(({ buildId }) => buildId) ?? [];
  const former = [builds?.choiceOf(image)?.build, ...kept].find((known) => known !== undefined && known !== build);
  acts.rollOut(image, build, former, { stages, isByHand: true }, why);
}
