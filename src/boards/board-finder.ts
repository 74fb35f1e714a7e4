import { randomUUID } from 'node:crypto';
import { isLoopback } from '../server/admission/identity.ts';
import type { Asked } from '../server/decision/asked.ts';
import type { BoardIndex, Entry } from './board-index.ts';
import { kindOf, newBoard } from './board-record.ts';
import type { Neighbours } from './neighbours.ts';

/** Finds the board that asks. This machine itself has no MAC. */
export class BoardFinder {
  readonly #index: BoardIndex;
  readonly #neighbours: Neighbours;
  readonly #onLearnt: () => void;
  #learning: Promise<void> | undefined;
  #isClosed = false;

  /** `onLearnt`: called when MACs became known and records changed. */
  constructor(index: BoardIndex, neighbours: Neighbours, onLearnt: () => void) {
    this.#index = index;
    this.#neighbours = neighbours;
    this.#onLearnt = onLearnt;
  }

  /** The board that asks this from `client`, if known. */
  find(client: string, asked: Asked): Entry | undefined {
    return this.#index.find(client, this.#macOf(client), kindOf(asked));
  }

  /** The same; an unknown board is added. Undefined if there is no room for another one. */
  findOrAdd(client: string, asked: Asked, nowMs: number): Entry | undefined {
    const mac = this.#macOf(client);
    if (mac === undefined && !isLoopback(client)) this.#learn();
    const known = this.#index.find(client, mac, kindOf(asked));
    const entry = known ?? { board: newBoard(randomUUID(), client, asked, nowMs) };
    if (known === undefined && !this.#index.add(entry)) return undefined;
    this.#index.set(entry, { ...entry.board, address: client, ...(mac === undefined ? {} : { mac }) });
    return entry;
  }

  /** Stops looking for MACs. */
  close(): void {
    this.#isClosed = true;
  }

  #macOf(address: string): string | undefined {
    return isLoopback(address) ? undefined : this.#neighbours.macOf(address);
  }

  /** Makes the system look again, once for all boards that ask meanwhile. */
  #learn(): void {
    this.#learning ??= this.#neighbours.refresh().then(() => {
      this.#learning = undefined;
      if (this.#isClosed) return;
      for (const { board } of [...this.#index.values()]) {
        const mac = board.mac === undefined ? this.#macOf(board.address) : undefined;
        const entry = mac === undefined ? undefined : this.#index.find(board.address, mac, board.wish);
        if (mac !== undefined && entry !== undefined) this.#index.set(entry, { ...entry.board, mac });
      }
      this.#onLearnt();
    });
  }
}
