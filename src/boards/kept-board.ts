import * as v from 'valibot';
import type { BreakReason } from '../server/transfer.ts';
import type { Board, BoardState, GivenBuild, Pin, Reflashing, ServeOnce, Wish } from './board.ts';
import type { KeptFlashTimes } from './flash-times.ts';
import { count, keptRefusal, maybeText, maybeTyped, text, typed } from './kept-refusal.ts';
import { MOST_HISTORY, MOST_TAGS, SILENT_AFTER_MS } from './limits.ts';

/** The end of the year 9999: what comes later has no four digits for its year (RFC 3339). */
const LAST_MS = Date.UTC(10_000, 0) - 1;

/** A time, or how long something takes: no page could write one out that is larger. */
export const time = v.pipe(v.number(), v.minValue(0), v.maxValue(LAST_MS));

const EVERY_BREAK: Readonly<Record<BreakReason, true>> = {
  'client closed': true,
  'client stalled': true,
  'gave way': true,
  'asked ahead': true,
  fault: true,
  stopped: true,
  'image changed': true,
  'image wrong': true,
  'image unreadable': true,
  'internal error': true,
};

/** Why a transfer ended early. */
export const breakReason = v.picklist(Object.keys(EVERY_BREAK) as BreakReason[]);

/** States that are kept: the others are those of a request that is being answered, or of the time it is read at. */
type KeptState = Exclude<BoardState, { kind: 'checking' | 'waiting' | 'downloading' | 'overdue' | 'silent' }>;

const refused = {
  kind: v.literal('refused'),
  sinceMs: time,
  status: v.pipe(count, v.minValue(400), v.maxValue(599)),
};

/** That a board flashes itself at every boot. */
export const reflashing = v.object({
  kind: v.literal('reflashing'),
  sinceMs: time,
  build: text,
  times: count,
  reported: text,
}) satisfies v.GenericSchema<Reflashing>;

const state = v.variant('kind', [
  v.object({ kind: v.literal('flashing'), sinceMs: time, build: text }),
  v.object({ kind: v.literal('confirmed'), sinceMs: time, build: text }),
  v.object({ kind: v.literal('up to date'), sinceMs: time, build: text }),
  v.object({ kind: v.literal('held'), sinceMs: time }),
  v.object({
    kind: v.literal('withheld'),
    sinceMs: time,
    why: v.picklist(['loop stopped', 'build missing', 'not its turn']),
  }),
  v.object({ ...refused, refusal: keptRefusal }),
  // as it was kept before refusals were: in English
  v.pipe(
    v.object({ ...refused, reason: text }),
    v.transform(({ reason, ...rest }) => ({ ...rest, refusal: { kind: 'told' as const, text: reason } })),
  ),
  v.object({
    kind: v.literal('broken off'),
    sinceMs: time,
    atByte: count,
    ofBytes: count,
    reason: breakReason,
  }),
  reflashing,
]) satisfies v.GenericSchema<unknown, KeptState>;

const wish = v.object({
  box: maybeText,
  board: maybeText,
  branch: maybeText,
  version: maybeText,
  image: maybeText,
}) satisfies v.GenericSchema<Wish>;

const given = v.object({
  build: text,
  image: text,
  givenAtMs: time,
  confirmedAtMs: v.exactOptional(time),
  times: count,
  reported: maybeText,
  loops: v.exactOptional(count),
}) satisfies v.GenericSchema<GivenBuild>;

const act = { by: typed, atMs: time, why: maybeTyped };

const tags = v.pipe(
  v.array(typed),
  v.transform((tags) => tags.slice(0, MOST_TAGS)),
);

const pin = v.object({ ...act, image: text, box: maybeText, build: maybeText }) satisfies v.GenericSchema<Pin>;

const once = v.object({
  ...act,
  image: maybeText,
  box: maybeText,
  isDone: v.exactOptional(v.literal(true)),
}) satisfies v.GenericSchema<ServeOnce>;

const board = v.object({
  id: text,
  address: text,
  mac: maybeText,
  name: maybeTyped,
  wish,
  reportedBuild: maybeText,
  image: maybeText,
  state,
  firstSeenMs: time,
  lastSeenMs: time,
  isHeld: v.boolean(),
  held: v.exactOptional(v.object(act)),
  pin: v.exactOptional(pin),
  once: v.exactOptional(once),
  tags: v.exactOptional(tags),
  isShared: v.exactOptional(v.literal(true)),
  history: v.pipe(v.array(given), v.maxLength(MOST_HISTORY)),
});

const flashTime = v.pipe(v.number(), v.minValue(0), v.maxValue(SILENT_AFTER_MS));
const flashTimes = v.strictTuple([text, v.pipe(v.array(flashTime), v.minLength(1))]);

/** The board that was read from a file, with nothing else in it; undefined where it is not valid. */
export function keptBoard(value: unknown): Board | undefined {
  return valid(board, value);
}

/** What was read from a file about how long one kind of board takes; undefined where it is not valid. */
export function keptFlashTimes(value: unknown): KeptFlashTimes[number] | undefined {
  return valid(flashTimes, value);
}

/** `value`, if the schema has it, with nothing else in it. */
export function valid<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const { success, output } = v.safeParse(schema, value, { abortEarly: true });
  return success ? output : undefined;
}
