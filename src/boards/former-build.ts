import type { Board } from './board.ts';
import { isUnderWay, type RollOut } from './roll-out.ts';
import { mostReported } from './roll-out-fleet.ts';

/** What tells which build boards of an image got before another. */
export interface GivenBefore {
  /** What was rolled out last. */
  readonly known: RollOut | undefined;
  readonly isInForce: boolean;
  /** An earlier build that boards got in place of the newest. */
  readonly standIn: string | undefined;
  /** Where none of these tells. */
  readonly otherwise: string | undefined;
}

/** The build that boards got before `build`. */
export function formerBuild(build: string, { known, isInForce, standIn, otherwise }: GivenBefore): string | undefined {
  if (standIn !== undefined && standIn !== build) return standIn;
  const isBefore = known?.build === build || (known !== undefined && isUnderWay(known) && isInForce);
  const former = standIn === build ? known?.former : isBefore ? (known.former ?? otherwise) : otherwise;
  return former === build ? undefined : former; // it may be there again while another one is rolled out
}

/** What boards of an image got last, before `build`: what was rolled out to all, or where nothing was, what most of them run. */
export function lastBuild(
  image: string,
  build: string,
  known: RollOut | undefined,
  boards: () => readonly Board[],
): string | undefined {
  if (known !== undefined) return isUnderWay(known) ? undefined : known.build;
  const most = mostReported(image, build, boards());
  return most === build ? undefined : most;
}

/** What a roll-out leads back to, or led to while an earlier build was served, unless that is `build`. */
export function formerBut(known: Pick<RollOut, 'former'> | undefined, build: string): { readonly former?: string } {
  return known?.former === undefined || known.former === build ? {} : { former: known.former };
}
