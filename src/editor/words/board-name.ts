import type { Board } from '../../boards/board.ts';
import { clientText } from './words.ts';

/** What people call a board: the name it was given, or its address. */
export function boardName({ name, address }: { name?: string | undefined; address: string }): string {
  return name ?? clientText(address);
}

/** What people call those of `boards` that are held. */
export function heldNames(boards: readonly Board[]): string[] {
  return boards.filter(({ isHeld }) => isHeld).map(boardName);
}
