import type { Assignment } from '../../src/boards/assignment.ts';
import type { Board, BoardState } from '../../src/boards/board.ts';
import type { NextImage } from '../../src/boards/next-image.ts';
import type { SeenBoard } from '../../src/editor/words/board-words.ts';
import type { Transfer } from '../../src/server/transfer.ts';
import { image } from './transfers.ts';

export const BUILD = 'a'.repeat(64);
export const OLD = 'b'.repeat(64);

/** What a board is like, where it is not the usual one. */
export interface BoardLike extends Partial<Board> {
  readonly transfer?: Transfer;
  readonly next?: NextImage;
  readonly assignment?: Assignment;
}

/** A board on 192.168.1.20 that asked for docker-box on an odroid-c4, in `state`. */
export function seen(state: BoardState, { transfer, next, assignment, ...like }: BoardLike = {}): SeenBoard {
  const board: Board = {
    id: '1',
    address: '192.168.1.20',
    wish: { box: 'docker-box', board: 'odroid-c4', branch: 'main' },
    reportedBuild: OLD,
    firstSeenMs: Date.UTC(2024, 0, 2),
    lastSeenMs: Date.UTC(2024, 0, 3),
    isHeld: false,
    history: [],
    ...like,
    state,
  };
  const usual: Assignment = board.isHeld ? { kind: 'held', held: undefined } : { kind: 'newest' };
  return { board, transfer, next, assignment: assignment ?? usual };
}

/** That a board gets `docker-box-odroid-c4-main` next, of another build than it runs or not. */
export function next(isOther: boolean): NextImage {
  return { image: image('docker-box/docker-box-odroid-c4-main'), build: BUILD, isOther };
}
