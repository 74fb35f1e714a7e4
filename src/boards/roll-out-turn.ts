import type { Board } from './board.ts';
import { newestForAll } from './first-build.ts';
import {
  isLetIn,
  isUnderWay,
  letIn,
  newRollOut,
  observed,
  planOf,
  type RollOut,
  type RollOutPlan,
} from './roll-out.ts';
import type { Fleet } from './roll-out-fleet.ts';

/** What a request for a build makes of what is rolled out of its image. */
export type Turn =
  | { readonly kind: 'rolled out'; readonly rollOut: RollOut; readonly isNew?: boolean }
  /** It may be a build that was replaced a moment ago, and is still seen. */
  | { readonly kind: 'stale' }
  /** Nothing is rolled out. */
  | { readonly kind: 'none' };

/** What a turn depends on. */
export interface TurnParts {
  /** What is rolled out of the image, or was last. */
  readonly known: RollOut | undefined;
  readonly plan: RollOutPlan | undefined;
  /** The build that boards got before. */
  readonly former: () => string | undefined;
  /** Whether the build may have been there before the one that is rolled out. */
  readonly isStale: (known: RollOut) => boolean;
  /** The boards that count for a roll-out, with the one that asks as it is now. */
  readonly fleet: (rollOut: RollOut) => Fleet;
  readonly nowMs: number;
}

/** What a request of `board` for the newest `build` of `image` makes of what is rolled out. Changes nothing. */
export function turnOf(board: Board, image: string, build: string, parts: TurnParts): Turn {
  const { known, nowMs } = parts;
  if (known?.build === build && (known.state.kind !== 'running' || isLetIn(known, board))) {
    return { kind: 'rolled out', rollOut: known };
  }
  const goesOn = known?.isByHand === true && (isUnderWay(known) || known.build === build);
  const plan = parts.plan ?? (goesOn ? planOf(known) : undefined);
  if (plan === undefined) return { kind: 'none' };
  const former = parts.former();
  // what is there at first is what boards run, and no new build
  if (known === undefined && former === undefined) {
    return { kind: 'rolled out', rollOut: newestForAll(image, build, plan, nowMs) };
  }
  const isNew = known?.build !== build;
  if (isNew && known !== undefined && parts.isStale(known)) return { kind: 'stale' };
  const rollOut = isNew ? newRollOut(image, build, former, plan, nowMs) : known;
  const { boards, silent, absentCanaries } = parts.fleet(rollOut);
  const seen = observed(rollOut, boards, nowMs, silent, absentCanaries);
  const isSeen = board.id === '' || isLetIn(seen, board);
  const next = isSeen ? seen : letIn(seen, board, boards, nowMs, absentCanaries);
  return { kind: 'rolled out', rollOut: next, isNew };
}
