import type { Transfer } from '../server/transfer.ts';

/** A board that got the same build again and again, and still does not run it. Build IDs are hexadecimal. */
export interface Reflash {
  /** The request by which it showed. */
  readonly transfer: Transfer;
  /** The build it was given. */
  readonly given: string;
  /** How many times in a row it was given that build. */
  readonly times: number;
  /** The build it says it runs. */
  readonly reported: string;
}

/** Downloads of one build in a row after which a board should run it: one may be lost to a power cut. */
const SUSPICIOUS_TIMES = 2;

/** Boards remembered, those heard of longest ago dropped first: more than a lab has. */
const MOST_BOARDS = 1_000;

/** What a board was given last, and how often in a row. */
interface Given {
  readonly build: string;
  readonly times: number;
}

/**
 * Watches for boards that flash themselves again at every boot: they download a build completely, twice in a row, and ask
 * again as if they ran another one. A board is known by its address and by what it asks for.
 */
export class ReflashWatch {
  readonly #given = new Map<string, Given>();

  /** Takes word that a request is being answered: the reflash that it shows, if it does. */
  answering(transfer: Transfer): Reflash | undefined {
    const { asked } = transfer;
    if (asked.kind !== 'update' || asked.buildId === undefined) return undefined;
    const board = keyOf(transfer);
    const given = this.#given.get(board);
    if (given === undefined) return undefined;
    if (asked.buildId === given.build) {
      this.#given.delete(board);
      return undefined;
    }
    if (given.times < SUSPICIOUS_TIMES) return undefined;
    return { transfer, given: given.build, times: given.times, reported: asked.buildId };
  }

  /** Takes word that a request was answered completely. */
  finished(transfer: Transfer): void {
    const { state, servedBuildId: build } = transfer;
    if (state.kind !== 'finished' || state.result !== 'image' || build === undefined) return;
    const board = keyOf(transfer);
    const before = this.#given.get(board);
    this.#given.delete(board);
    this.#given.set(board, { build, times: before?.build === build ? before.times + 1 : 1 });
    for (const oldest of this.#given.keys()) {
      if (this.#given.size <= MOST_BOARDS) break;
      this.#given.delete(oldest);
    }
  }
}

/** What tells boards apart: behind one address there may be several, which ask for different images. */
function keyOf({ client, asked: { box, image, board, branch, version } }: Transfer): string {
  return JSON.stringify([client, box, image, board, branch, version]);
}

/** The reflash in English, in one line, with what to look for. */
export function reflashText({ transfer, given, times, reported }: Reflash): string {
  const { asked, resolution } = transfer;
  const image = resolution?.found?.id ?? asked.image ?? asked.box;
  return (
    `the board ${transfer.client} downloaded build ${given.slice(0, 12)}… of ${image} ${times} times in a row and still ` +
    `reports ${reported.slice(0, 12)}…: it flashes itself at every boot. Does it boot from the storage that it writes to, and is that whole?`
  );
}
