import type { KeptBuild } from './kept-build.ts';

/** How much is kept. */
export interface KeepBounds {
  /** Earlier builds of each image, besides the newest one's copy; 0 keeps nothing but what is needed. */
  readonly builds: number;
  /** Bytes of all kept builds together. */
  readonly bytes: number;
}

/** What a kept build is needed for. */
export type BuildUse =
  /** It is pinned, being sent, served in place of the newest, or what a roll-out leads back to: it is never removed. */
  | 'needed'
  /** It is the build that its image has now: it does not count as an earlier one. */
  | 'newest'
  /** A known board runs it: it stays while there is room, unless none are to be kept. */
  | 'running'
  | 'free';

type Kept = Pick<KeptBuild, 'id' | 'buildId' | 'bytes' | 'keptAtMs'>;

/** The builds to remove, oldest first, so that the others are within `bounds`, as far as what is needed lets them be. */
export function buildsToRemove<T extends Kept>(
  kept: readonly T[],
  bounds: KeepBounds,
  useOf: (build: T) => BuildUse,
): T[] {
  const uses = new Map(kept.map((build) => [build, useOf(build)]));
  const byAge = kept.toSorted((a, b) => a.keptAtMs - b.keptAtMs);
  const isUnwanted = (build: T) =>
    bounds.builds === 0
      ? uses.get(build) !== 'needed'
      : uses.get(build) === 'free' && isSurplus(build, byAge, bounds, uses);
  const removed = new Set(byAge.filter(isUnwanted));
  let bytes = bytesOf(kept.filter((build) => !removed.has(build)));
  for (const use of ['free', 'running', 'newest'] as const) {
    for (const build of byAge) {
      if (bytes <= bounds.bytes) break;
      if (removed.has(build) || uses.get(build) !== use) continue;
      removed.add(build);
      bytes -= build.bytes;
    }
  }
  return byAge.filter((build) => removed.has(build));
}

/** Whether so many more bytes can be kept, once all is removed that may go for them. */
export function hasRoomFor<T extends Kept>(
  bytes: number,
  kept: readonly T[],
  bounds: KeepBounds,
  useOf: (build: T) => BuildUse,
): boolean {
  const staying = kept.filter((build) => ['needed', 'newest'].includes(useOf(build)));
  return bytesOf(staying) + bytes <= bounds.bytes;
}

/** Whether as many earlier builds of its image as are to be kept are younger. */
function isSurplus<T extends Kept>(
  build: T,
  byAge: readonly T[],
  { builds }: KeepBounds,
  uses: ReadonlyMap<T, BuildUse>,
): boolean {
  const younger = byAge.slice(byAge.indexOf(build) + 1);
  return younger.filter((other) => other.id === build.id && uses.get(other) !== 'newest').length >= builds;
}

function bytesOf(kept: readonly Kept[]): number {
  return kept.reduce((sum, { bytes }) => sum + bytes, 0);
}
