import type { Board } from './board.ts';
import { isUnderWay, newRollOut, type RollOut, type RollOutPlan } from './roll-out.ts';
import { mostReported } from './roll-out-fleet.ts';

/** An image as it is found when roll-outs are wanted from then on. */
export interface FoundImage {
  /** `<box>/<image>`. */
  readonly id: string;
  readonly state: { readonly kind: 'ready'; readonly buildId: string } | { readonly kind: 'incomplete' };
  /** Present where an earlier build is served in place of the newest. */
  readonly inPlaceOf?: unknown;
}

/** Whether boards have the `build` of an image already, though `known`, what was rolled out of it last, does not tell so. */
export function isFirst(image: string, build: string, known: RollOut | undefined, boards: readonly Board[]): boolean {
  if (known !== undefined && (isUnderWay(known) || known.build === build)) return false;
  const most = mostReported(image, build, boards);
  return most === build || (most === undefined && known === undefined);
}

/** Notes that boards have a build: whatever comes after it is new. */
export function newestForAll(image: string, build: string, plan: RollOutPlan, atMs: number): RollOut {
  return { ...newRollOut(image, build, undefined, plan, atMs), state: { kind: 'finished', atMs } };
}
