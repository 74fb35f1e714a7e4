import { setTimeout as sleep } from 'node:timers/promises';
import type { Board } from '../../src/boards/board.ts';
import { type Bench, type Boot, historyOf, name } from './bench.ts';

/** A source of chances that are the same at each run (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** At least 0, below 1. */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** One of `choices`. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.roll() * choices.length)] ?? choices[0];
  }
}

/** What happens to a board at a boot, but for what the server has for it. */
export type Fate =
  | 'flashes and runs it'
  | 'flashes and does not run it'
  | 'loses power'
  | 'loses power, and goes on where it was'
  | 'asks for a branch that is not'
  | 'leaves an old connection hanging'
  | 'loads until the end of the test';

/** What its image is: the build, and how many bytes its archive has. */
export interface Served {
  readonly build: string;
  readonly archiveBytes: number;
}

/** The parts that a board asks by. */
export interface Parts {
  readonly box: string;
  readonly type: string;
}

/** A board of the simulation: it knows what it does, and so what must be true of it in the end. */
export class SimulatedBoard {
  readonly address: string;
  /** What must be true of it: its state, and its history. */
  truth = 'never heard of';
  readonly history: { build: string; times: number; confirmed: boolean }[] = [];
  isHeld = false;
  #running: string;
  readonly #bench: Bench;
  readonly #query: string;
  readonly #isMisnamed: boolean;
  readonly #bytesPerSecond: number;

  /** By another name than that of the box `lab`, there is nothing for it. */
  constructor(bench: Bench, address: string, { box, type }: Parts, running: string, bytesPerSecond: number) {
    this.#bench = bench;
    this.address = address;
    this.#query = `name=${box}&board=${type}`;
    this.#isMisnamed = box !== 'lab';
    this.#running = running;
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Boots once, and lives through its fate. */
  async boot(fate: Fate, { build, archiveBytes }: Served, testEnds: Promise<void>): Promise<void> {
    if (fate === 'asks for a branch that is not' || this.#isMisnamed) {
      await this.#ask({ query: this.#isMisnamed ? this.#query : `${this.#query}&branch=no-such` });
      this.#reports();
      this.truth = this.isHeld ? 'held' : 'refused 404';
      return;
    }
    const hung = Promise.withResolvers<void>();
    const isHung = fate === 'leaves an old connection hanging' && this.#running !== build && !this.isHeld;
    const old = isHung ? this.#ask({ hangs: hung.promise }) : undefined;
    if (isHung) {
      this.#reports();
      await this.#isLoading();
    }
    await this.#asks(fate, { build, archiveBytes }, testEnds);
    hung.resolve();
    await old;
  }

  /** The request of a boot that counts. */
  async #asks(fate: Fate, { build, archiveBytes }: Served, testEnds: Promise<void>): Promise<void> {
    const { isConfirming, isLooping } = this.#reports();
    if (this.isHeld || this.#running === build) {
      await this.#ask({});
      this.truth = this.isHeld ? 'held' : `${isConfirming ? 'confirmed' : 'up to date'} ${name(build)}`;
      return;
    }
    const loops = isLooping && this.history[0]?.build === build;
    if (fate === 'loads until the end of the test') {
      void this.#ask({ hangs: testEnds });
      this.truth = loops ? this.#loop() : `downloading ${name(build)}`;
      await this.#isLoading();
      return;
    }
    if (fate === 'loses power' || fate === 'loses power, and goes on where it was') {
      await this.#ask({ cutAt: Math.floor(archiveBytes / 20) });
      this.truth = `broken off of ${archiveBytes}`;
      if (fate === 'loses power') return;
      const from = Math.floor(archiveBytes / 30);
      await this.#ask({ headers: { range: `bytes=${from}-` } });
    } else {
      await this.#ask({ bytesPerSecond: this.#bytesPerSecond });
    }
    const [last] = this.history;
    if (last?.build === build && !last.confirmed) last.times++;
    else this.history.unshift({ build, times: 1, confirmed: false });
    this.truth = loops ? this.#loop() : `flashing ${name(build)}`;
    if (fate !== 'flashes and does not run it') this.#running = build;
  }

  /** What its report shows. */
  #reports(): { isConfirming: boolean; isLooping: boolean } {
    const [last] = this.history;
    if (last === undefined || last.confirmed) return { isConfirming: false, isLooping: false };
    if (last.build === this.#running) {
      last.confirmed = true;
      return { isConfirming: true, isLooping: false };
    }
    return { isConfirming: false, isLooping: last.times >= 2 };
  }

  #loop(): string {
    const [last] = this.history;
    return `reflashing ${name(last?.build ?? '')} x${last?.times} reports ${name(this.#running)}`;
  }

  async #ask(how: Boot): Promise<void> {
    await this.#bench.boot(this.#running, { from: this.address, query: this.#query, isOneOfMany: true, ...how });
  }

  async #isLoading(): Promise<void> {
    const { registry } = this.#bench;
    const id = () => registry.boards.find(({ address }) => address === this.address)?.id ?? '';
    while (registry.transferOf(id()) === undefined) await sleep(5);
  }

  /** Whether it does not run what is served. */
  isBehind({ build }: Served): boolean {
    return this.#running !== build && !this.#isMisnamed;
  }

  /** What must be true of it, in a line. */
  get line(): string {
    const builds = this.history.map(({ build, times, confirmed }) => `${name(build)} x${times}${confirmed ? '+' : ''}`);
    return `${this.address}: ${this.truth}; ${builds.join(', ')}`;
  }
}

/** What the registry says of a board, in the same line. */
export function lineOf(board: Board): string {
  return `${board.address}: ${stateLine(board)}; ${historyOf(board).join(', ')}`;
}

function stateLine({ state }: Board): string {
  switch (state.kind) {
    case 'reflashing':
      return `reflashing ${name(state.build)} x${state.times} reports ${name(state.reported)}`;
    case 'broken off':
      // it has what it had when the server looked last, which may be a moment before its power went
      return `broken off of ${state.atByte < state.ofBytes ? state.ofBytes : 'nothing'}`;
    case 'refused':
      return `refused ${state.status}`;
    default:
      return 'build' in state ? `${state.kind} ${name(state.build)}` : state.kind;
  }
}
