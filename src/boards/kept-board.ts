import type { BreakReason } from '../server/transfer.ts';
import type { Board, BoardState, GivenBuild, Wish } from './board.ts';
import { MOST_HISTORY } from './limits.ts';

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isFlag: Check = (value) => typeof value === 'boolean';
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const BREAKS: Readonly<Record<BreakReason, true>> = {
  'client closed': true,
  'client stalled': true,
  'gave way': true,
  'image changed': true,
  'image wrong': true,
  'image unreadable': true,
};

/** States that are kept: the others are those of a request that is being answered, or of the time it is read at. */
type KeptKind = Exclude<BoardState['kind'], 'checking' | 'waiting' | 'downloading' | 'overdue' | 'silent'>;

const STATES: Readonly<Record<KeptKind, Shape>> = {
  flashing: { build: isText },
  confirmed: { build: isText },
  'up to date': { build: isText },
  held: {},
  refused: { status: isNumber, reason: isText },
  'broken off': {
    atByte: isNumber,
    ofBytes: isNumber,
    reason: (value) => isText(value) && Object.hasOwn(BREAKS, String(value)),
  },
  reflashing: { build: isText, times: isNumber, reported: isText },
};

const WISH: Readonly<Record<keyof Wish, Check>> = {
  box: maybe(isText),
  board: maybe(isText),
  branch: maybe(isText),
  version: maybe(isText),
  image: maybe(isText),
};

const GIVEN: Readonly<Record<keyof GivenBuild, Check>> = {
  build: isText,
  image: isText,
  givenAtMs: isNumber,
  confirmedAtMs: maybe(isNumber),
  times: isNumber,
};

const BOARD: Readonly<Record<keyof Board, Check>> = {
  id: isText,
  address: isText,
  mac: maybe(isText),
  name: maybe(isText),
  wish: (value) => fits(value, WISH),
  reportedBuild: maybe(isText),
  image: maybe(isText),
  state: isState,
  firstSeenMs: isNumber,
  lastSeenMs: isNumber,
  isHeld: isFlag,
  history: (value) =>
    Array.isArray(value) && value.length <= MOST_HISTORY && value.every((build) => fits(build, GIVEN)),
};

/** Whether what was read from a file is a board, as far as that can be seen. */
export function isKeptBoard(value: unknown): value is Board {
  return fits(value, BOARD);
}

function isState(value: unknown): boolean {
  if (!fits(value, { kind: isText, sinceMs: isNumber })) return false;
  const { kind } = value as { kind: string };
  return Object.hasOwn(STATES, kind) && fits(value, STATES[kind as KeptKind]);
}

function fits(value: unknown, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape).every(([name, check]) => check(members[name]));
}
