import type { Board } from './board.ts';
import { FRAME_MS, MOST_ROLL_OUTS } from './limits.ts';
import { dropOldest } from './newest-entries.ts';
import { isCanary, type RollOut } from './roll-out.ts';

/** The boards that count for a roll-out, by whether they can be expected to ask. */
export interface Fleet {
  readonly boards: readonly Board[];
  /** Those that have not asked for long. */
  readonly silent: readonly Board[];
  /** How many canaries take no part now: they are silent, on hold or pinned. */
  readonly absentCanaries: number;
}

/**
 * The boards of a roll-out: those whose last request was for its image, and members of which nobody knows yet what they
 * ask for; but none that is on hold or pinned, since it does not get what is rolled out. `all`: the boards there are.
 */
export function fleetOf({ image, members }: Pick<RollOut, 'image' | 'members'>, all: readonly Board[]): Fleet {
  const ids = new Set(members.map(({ board }) => board));
  const [boards, silent]: [Board[], Board[]] = [[], []];
  let absentCanaries = 0;
  for (const board of all) {
    if (board.image !== image && !(ids.has(board.id) && isUnresolved(board))) continue;
    const isOut = board.isHeld || board.pin !== undefined;
    const isSilent = board.state.kind === 'silent';
    if (isCanary(board) && (isOut || isSilent)) absentCanaries++;
    if (!isOut) (isSilent ? silent : boards).push(board);
  }
  return { boards, silent, absentCanaries };
}

/** The build that most boards of an image report, of those that get what is rolled out; where as many do, not `build`. */
export function mostReported(image: string, build: string, all: readonly Board[]): string | undefined {
  const { boards, silent } = fleetOf({ image, members: [] }, all);
  const counts = new Map<string, number>();
  for (const { reportedBuild } of [...boards, ...silent]) {
    if (reportedBuild !== undefined) counts.set(reportedBuild, (counts.get(reportedBuild) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, one], [b, other]) => other - one || Number(a === build) - Number(b === build));
  return most?.[0];
}

/** The fleets of a moment ago: to look at all boards at each request would cost more than the answer. */
export class RecentFleets {
  readonly #byImage = new Map<string, Fleet & { readonly atMs: number }>();
  readonly #boards: () => readonly Board[];
  readonly #now: () => number;

  /** `boards`: all of them, as they are now. */
  constructor(boards: () => readonly Board[], now: () => number) {
    this.#boards = boards;
    this.#now = now;
  }

  /** The fleet of a moment ago, but with `asking` as it is now: it has just said what it runs. */
  with(asking: Board, rollOut: RollOut): Fleet {
    const fleet = this.of(rollOut);
    const { boards, silent } = fleet;
    const at = boards.findIndex(({ id }) => id === asking.id);
    if (at >= 0) return { ...fleet, boards: boards.with(at, asking) };
    const others = silent.filter(({ id }) => id !== asking.id);
    if (others.length === silent.length) return fleet;
    const absentCanaries = fleet.absentCanaries - (isCanary(asking) ? 1 : 0);
    return { boards: [...boards, asking], silent: others, absentCanaries };
  }

  of(rollOut: RollOut): Fleet {
    const nowMs = this.#now();
    const known = this.#byImage.get(rollOut.image);
    if (known !== undefined && nowMs >= known.atMs && nowMs < known.atMs + FRAME_MS) return known;
    const fleet = { ...fleetOf(rollOut, this.#boards()), atMs: nowMs };
    this.#byImage.set(rollOut.image, fleet);
    dropOldest(this.#byImage, MOST_ROLL_OUTS);
    return fleet;
  }

  /** So is the next look at any boards: someone did something to one. */
  clear(): void {
    this.#byImage.clear();
  }

  /** The next look at an image's boards is a new one. */
  forget(image: string): void {
    this.#byImage.delete(image);
  }
}

/** Whether it is not known what a board asks for: its request is being decided, or ended before. */
function isUnresolved({ image, state }: Board): boolean {
  return image === undefined || state.kind === 'checking';
}
