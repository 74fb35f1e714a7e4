import type { Told } from '../words.ts';
import type { Board } from './board.ts';
import type { KeptFlashTimes } from './flash-times.ts';
import { keptBoard, keptFlashTimes } from './kept-board.ts';
import { keptRollOut, keptStandIn } from './kept-roll-out.ts';
import { BOARDS_PER_WRITE } from './limits.ts';
import type { RollOut } from './roll-out.ts';
import type { StandIn } from './stand-ins.ts';
import { entriesOf, membersOf, type Parsed, type StateFormat } from './state-file.ts';

/** The version of the file's format. Of a later one, this program would lose what it does not know. */
const FORMAT = 2;

/** Those that are read: before 2, no board was pinned or had tags. */
const READABLE = [1, FORMAT];

/** What outlives the process. */
export interface KeptState {
  readonly boards: readonly Board[];
  readonly flashTimes: KeptFlashTimes;
  readonly rollOuts: readonly RollOut[];
  readonly instead: readonly StandIn[];
}

const NOTHING: KeptState = { boards: [], flashTimes: [], rollOuts: [], instead: [] };

const boardsIn: Told = (words) => words.t('boards');

/** The file that stores boards. */
export const BOARDS_FORMAT: StateFormat<KeptState> = { what: boardsIn, nothing: NOTHING, parse, textOf };

/** The valid entries of a file's text, and what is wrong with the rest. */
function parse(text: string): Parsed<KeptState> {
  const found = membersOf(text, READABLE);
  if ('damage' in found) return { state: NOTHING, damage: found.damage };
  const { members } = found;
  const boards = entriesOf(members.boards, keptBoard, boardsIn);
  const flashTimes = entriesOf(members.flashTimes, keptFlashTimes, (words) => words.t('flash times'));
  const rollOuts = entriesOf(members.rollOuts ?? [], keptRollOut, (words) => words.t('roll-outs'));
  const instead = entriesOf(members.instead ?? [], keptStandIn, (words) => words.t('earlier builds'));
  const state = {
    boards: boards.valid,
    flashTimes: flashTimes.valid,
    rollOuts: rollOuts.valid,
    instead: instead.valid,
  };
  const damages = [boards, flashTimes, rollOuts, instead].flatMap(({ damage }) => damage ?? []);
  return damages.length === 0
    ? { state }
    : { state, damage: (words) => damages.map((damage) => damage(words)).join(', ') };
}

/** The text of the file, some boards at a time. */
function* textOf({ boards, flashTimes, rollOuts, instead }: KeptState): Generator<string> {
  yield `{"format":${FORMAT},"flashTimes":${JSON.stringify(flashTimes)},"rollOuts":${JSON.stringify(rollOuts)},`;
  yield `"instead":${JSON.stringify(instead)},"boards":[`;
  for (let at = 0; at < boards.length; at += BOARDS_PER_WRITE) {
    const lines = boards.slice(at, at + BOARDS_PER_WRITE).map((board) => JSON.stringify(board));
    yield `${at === 0 ? '' : ','}\n${lines.join(',\n')}`;
  }
  yield '\n]}\n';
}
