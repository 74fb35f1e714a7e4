import { readFile, rename } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';
import { replaceFile } from '../replace-file.ts';
import type { Board } from './board.ts';
import type { KeptFlashTimes } from './flash-times.ts';
import { keptBoard, keptFlashTimes } from './kept-board.ts';
import { keptRollOut } from './kept-roll-out.ts';
import { BOARDS_PER_WRITE, SAVE_EVERY_MS } from './limits.ts';
import type { RollOut } from './roll-out.ts';

/** The version of the file's format. Of a later one, this program would lose what it does not know. */
const FORMAT = 2;

/** Those that are read: before 2, no board was pinned or had tags. */
const READABLE: readonly unknown[] = [1, FORMAT];

/** What outlives the process. */
export interface KeptState {
  readonly boards: readonly Board[];
  readonly flashTimes: KeptFlashTimes;
  readonly rollOuts: readonly RollOut[];
}

const NOTHING: KeptState = { boards: [], flashTimes: [], rollOuts: [] };

/** The file that stores boards. No fault of it is fatal: `onMessage` gets it, as a line of English. */
export class BoardStateFile {
  readonly #path: string;
  readonly #onMessage: (text: string) => void;
  #isUsable = true;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #savedAt = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;
  #state: () => KeptState = () => NOTHING;

  constructor(filePath: string, onMessage: (text: string) => void) {
    this.#path = filePath;
    this.#onMessage = onMessage;
  }

  /** Reads what was stored. A damaged file is set aside, and what can be read of it is used. */
  async read(nowMs: number): Promise<KeptState> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      const code = systemErrorCode(error) ?? String(error);
      if (code !== 'ENOENT') this.#giveUp(code);
      return NOTHING;
    }
    const { state, damage } = parse(text);
    if (damage !== undefined) await this.#setAside(damage, nowMs);
    return state;
  }

  /** Schedules a write of what `state` returns, soon, and at most once a second. */
  schedule(state: () => KeptState): void {
    this.#state = state;
    if (!this.#isUsable) return;
    const waitMs = Math.max(0, this.#savedAt + SAVE_EVERY_MS - performance.now());
    this.#timer ??= setTimeout(() => void this.flush(), waitMs).unref();
  }

  /** Writes what is pending now. Never throws. */
  flush(): Promise<void> {
    if (this.#timer === undefined) return this.#saving;
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(async () => {
      this.#timer = undefined;
      this.#savedAt = performance.now();
      try {
        await replaceFile(this.#path, textOf(this.#state()));
        this.#failure = undefined;
      } catch (error) {
        const failure = systemErrorCode(error) ?? String(error);
        if (failure !== this.#failure) this.#onMessage(`the boards could not be kept in ${this.#path} (${failure})`);
        this.#failure = failure;
      }
      this.#savedAt = performance.now();
    });
    return this.#saving;
  }

  async #setAside(damage: string, nowMs: number): Promise<void> {
    const aside = `${this.#path}.damaged-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
    try {
      await rename(this.#path, aside);
      this.#onMessage(`the boards kept in ${this.#path} are damaged (${damage}); the file was set aside as ${aside}`);
    } catch (error) {
      this.#giveUp(`${damage}) nor set aside (${systemErrorCode(error) ?? error}`);
    }
  }

  /** A file that is not known to be ours is not touched. */
  #giveUp(why: string): void {
    this.#isUsable = false;
    this.#onMessage(`the boards kept in ${this.#path} can't be read (${why}); none are kept from now on`);
  }
}

/** The valid entries of a file's text, and what is wrong with the rest. */
function parse(text: string): { state: KeptState; damage?: string } {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text) ?? {};
  } catch {
    return { state: NOTHING, damage: 'it is not JSON' };
  }
  const { format } = parsed;
  if (!READABLE.includes(format)) {
    return { state: NOTHING, damage: `format ${typeof format === 'number' ? format : 'unknown'}, not ${FORMAT}` };
  }
  const boards = entriesOf(parsed.boards, keptBoard, 'boards');
  const flashTimes = entriesOf(parsed.flashTimes, keptFlashTimes, 'flash times');
  const rollOuts = entriesOf(parsed.rollOuts ?? [], keptRollOut, 'roll-outs');
  const state = { boards: boards.valid, flashTimes: flashTimes.valid, rollOuts: rollOuts.valid };
  const damages = [boards.damage, flashTimes.damage, rollOuts.damage].filter((damage) => damage !== undefined);
  return damages.length === 0 ? { state } : { state, damage: damages.join(', ') };
}

function entriesOf<T>(
  value: unknown,
  read: (entry: unknown) => T | undefined,
  what: string,
): { valid: readonly T[]; damage?: string } {
  if (!Array.isArray(value)) return { valid: [], damage: `there are no ${what}` };
  const valid = value.map(read).filter((entry) => entry !== undefined);
  const lost = value.length - valid.length;
  return lost === 0 ? { valid } : { valid, damage: `${lost} of ${value.length} entries are not valid ${what}` };
}

/** The text of the file, some boards at a time. */
function* textOf({ boards, flashTimes, rollOuts }: KeptState): Generator<string> {
  yield `{"format":${FORMAT},"flashTimes":${JSON.stringify(flashTimes)},"rollOuts":${JSON.stringify(rollOuts)},"boards":[`;
  for (let at = 0; at < boards.length; at += BOARDS_PER_WRITE) {
    const lines = boards.slice(at, at + BOARDS_PER_WRITE).map((board) => JSON.stringify(board));
    yield `${at === 0 ? '' : ','}\n${lines.join(',\n')}`;
  }
  yield '\n]}\n';
}
