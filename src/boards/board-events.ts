import type { Transfer } from '../server/transfer.ts';
import type { Board, Reflashing } from './board.ts';
import type { Move } from './moments.ts';
import type { RollOut } from './roll-out.ts';

/** A board that got the same build repeatedly and still does not run it, and the request that showed it. */
export interface Reflash {
  readonly board: Board;
  readonly state: Reflashing;
  readonly transfer: Transfer;
}

/** The events of boards. */
export interface BoardEvents {
  /** One or several boards changed, at most four times a second, and each time while one downloads. */
  changed: [];
  /** It asked again, reporting the build it was given. */
  confirmed: [board: Board];
  /** A roll-out began, went on, halted or is finished; `isOrdered`: because someone wanted it. */
  rollOut: [rollOut: RollOut, isOrdered: boolean];
  /** The machine's clock was set, and the moments of boards moved with it. */
  clockSet: [move: Move];
  /** One more request showed that a board flashes itself again and again. */
  reflashing: [reflash: Reflash];
}
