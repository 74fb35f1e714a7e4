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

/** What is known of who asks for one image from one address. */
interface Asker {
  /** Transfers of it that have not ended. */
  running: number;
  /** Two downloaded at once: several boards stand behind the address, and what each of them runs can't be told. */
  isShared: boolean;
  given: Given | undefined;
}

/**
 * Watches for boards that flash themselves again at every boot: they download a build completely, twice in a row, and ask
 * again as if they ran another one. A board is known by its address and by what it asks for; where several share both,
 * none is named.
 */
export class ReflashWatch {
  readonly #askers = new Map<string, Asker>();

  /** Takes word that a request is being answered: the reflash that it shows, if it does. */
  answering(transfer: Transfer): Reflash | undefined {
    const { asked, isRepeat } = transfer;
    if (asked.kind !== 'update' || isRepeat) return undefined; // what it shows was seen a moment ago
    const asker = this.#asker(transfer);
    asker.running++;
    asker.isShared ||= asker.running > 1;
    const { given, isShared } = asker;
    if (given === undefined || asked.buildId === undefined) return undefined;
    if (asked.buildId === given.build) asker.given = undefined;
    if (asked.buildId === given.build || isShared || given.times < SUSPICIOUS_TIMES) return undefined;
    return { transfer, given: given.build, times: given.times, reported: asked.buildId };
  }

  /** Takes word that a request ended, in whatever way, after it was being answered. */
  ended(transfer: Transfer): void {
    const { asked, isRepeat, state, servedBuildId: build } = transfer;
    if (asked.kind !== 'update' || isRepeat) return;
    const asker = this.#asker(transfer);
    asker.running = Math.max(0, asker.running - 1);
    if (state.kind !== 'finished' || state.result !== 'image' || build === undefined) return;
    asker.given = { build, times: asker.given?.build === build ? asker.given.times + 1 : 1 };
  }

  #asker(transfer: Transfer): Asker {
    const key = keyOf(transfer);
    const asker = this.#askers.get(key) ?? { running: 0, isShared: false, given: undefined };
    this.#askers.delete(key);
    this.#askers.set(key, asker);
    for (const oldest of this.#askers.keys()) {
      if (this.#askers.size <= MOST_BOARDS) break;
      this.#askers.delete(oldest);
    }
    return asker;
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
