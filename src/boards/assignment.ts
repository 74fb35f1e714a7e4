import type { Act, Board, Pin, ServeOnce } from './board.ts';
import { STOP_TIMES } from './limits.ts';
import { pendingOnce } from './pending-once.ts';
import { isLetIn, type RollOut } from './roll-out.ts';

/** What a board gets of an image, and why. */
export type Assignment =
  /** What it asks for, in the newest build. */
  | { readonly kind: 'newest' }
  /** Nothing: it is on hold. */
  | { readonly kind: 'held'; readonly held: Act | undefined }
  /** A certain build. */
  | { readonly kind: 'build'; readonly image: string; readonly build: string; readonly why: Reason }
  /** The newest build of another image than it asks for. */
  | { readonly kind: 'image'; readonly image: string; readonly why: Reason }
  /** Nothing, until something else happens: it is told to be up to date. */
  | { readonly kind: 'nothing'; readonly until: Until };

/** Why a board gets another build than the newest, or another image. */
export type Reason =
  | { readonly kind: 'pin'; readonly act: Pin }
  | { readonly kind: 'once'; readonly act: ServeOnce }
  | { readonly kind: 'earlier'; readonly act: Act };

/** What has to happen before a board gets something. */
export type Until =
  /** There is another build than `build`, which it got `times` times, or someone releases it. */
  | { readonly kind: 'loop stopped'; readonly build: string; readonly times: number; readonly reported: string }
  /** The roll-out goes on. */
  | { readonly kind: 'not its turn'; readonly rollOut: RollOut }
  /** The build, or any of the image, is there. */
  | {
      readonly kind: 'build missing';
      readonly image: string;
      readonly build: string | undefined;
      readonly why: Reason;
    };

/** The builds that can be sent. */
export interface Builds {
  /** The build that boards get of an image, by its ID: the newest, or the earlier one in its place; undefined for none. */
  served(image: string): string | undefined;
  /** Whether that build of the image can be sent. */
  has(image: string, build: string): boolean;
}

/** What is decided beside the board itself. */
export interface Conditions {
  readonly builds: Builds;
  /** A build that everyone gets of the image in place of the newest. */
  readonly earlier?: (Act & { readonly build: string }) | undefined;
  /** Whether a board that flashes the same build again and again is stopped. */
  readonly stopsLoops: boolean;
  /** The roll-out of the newest build, if it is rolled out. */
  readonly rollOut?: RollOut | undefined;
  /** Whether its record is that of one board: it is known by its hardware address, or as the only one of its address. */
  isOne(): boolean;
  /** Whether serving is limited to one update for it. */
  readonly isServedOnce: boolean;
}

/**
 * What `board` gets that asks for `image` (`<box>/<image>`, if there is such an image). What comes first decides:
 *
 * 1. a hold: nothing;
 * 2. an image that someone serves it once; else a pin says which image and build it is about; else a build that is served to everyone in place of the newest; else the newest;
 * 3. that is not there: nothing;
 * 4. it got that very build again and again: nothing, unless someone serves it once;
 * 5. the newest is rolled out, and it is not its turn: nothing, unless someone serves it once.
 */
export function assignment(board: Board, image: string | undefined, conditions: Conditions): Assignment {
  if (board.isHeld) return { kind: 'held', held: board.held };
  const { builds } = conditions;
  const target = targetOf(board, image, conditions);
  if (target === undefined) return NEWEST;
  const { why } = target;
  const build = target.build ?? builds.served(target.image);
  if (why !== undefined && isCertain(why) && (build === undefined || !builds.has(target.image, build))) {
    return { kind: 'nothing', until: { kind: 'build missing', image: target.image, build: target.build, why } };
  }
  const loop = build === undefined ? undefined : loopOf(board, build, conditions);
  const isServedOnce = conditions.isServedOnce || pendingOnce(board) !== undefined;
  if (loop !== undefined && !isServedOnce) return { kind: 'nothing', until: loop };
  if (why === undefined) {
    const { rollOut } = conditions;
    const isItsTurn = rollOut === undefined || rollOut.build !== build || isServedOnce || isLetIn(rollOut, board);
    return isItsTurn ? NEWEST : { kind: 'nothing', until: { kind: 'not its turn', rollOut } };
  }
  if (target.build === undefined) return { kind: 'image', image: target.image, why };
  return { kind: 'build', image: target.image, build: target.build, why };
}

const NEWEST: Assignment = { kind: 'newest' };

/** What a board is to get, whether it is there or not; `build`: a certain one. */
interface Target {
  readonly image: string;
  readonly build?: string | undefined;
  readonly why?: Reason;
}

function targetOf(board: Board, image: string | undefined, { earlier }: Conditions): Target | undefined {
  const { pin } = board;
  const once = pendingOnce(board);
  if (once?.image !== undefined) return { image: once.image, why: { kind: 'once', act: once } };
  if (pin !== undefined) return { image: pin.image, build: pin.build, why: { kind: 'pin', act: pin } };
  if (image === undefined) return undefined;
  if (earlier !== undefined) return { image, build: earlier.build, why: { kind: 'earlier', act: earlier } };
  return once === undefined ? { image } : { image, why: { kind: 'once', act: once } };
}

/** Whether someone said what it is to get. Of what it asks for itself, it is told what is wrong with that. */
function isCertain(why: Reason): boolean {
  return why.kind === 'pin' || (why.kind === 'once' && why.act.image !== undefined);
}

/** That one board downloaded `build` whole again and again and still reports another; undefined where it did not. */
function loopOf(board: Board, build: string, conditions: Conditions): Until | undefined {
  const [last] = board.history;
  const { reportedBuild: reported } = board;
  const isLoop = last?.build === build && last.confirmedAtMs === undefined && (last.loops ?? 0) >= STOP_TIMES;
  if (!isLoop || reported === undefined || reported === build) return undefined;
  if (!conditions.stopsLoops || !conditions.isOne()) return undefined;
  return { kind: 'loop stopped', build, times: last.times, reported };
}
