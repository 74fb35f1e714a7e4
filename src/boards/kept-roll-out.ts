import * as v from 'valibot';
import { time, valid } from './kept-board.ts';
import { count, maybeText, maybeTyped, text, typed } from './kept-refusal.ts';
import type { Halt, Member, RollOut, RollOutState, Stage } from './roll-out.ts';
import type { StandIn } from './stand-ins.ts';

const stage = v.variant('kind', [
  v.object({ kind: v.literal('boards'), count }),
  v.object({ kind: v.literal('percent'), percent: v.pipe(v.number(), v.minValue(0), v.maxValue(100)) }),
  v.object({ kind: v.literal('all') }),
]) satisfies v.GenericSchema<unknown, Stage>;

const halt = v.variant('kind', [
  v.object({ kind: v.picklist(['overdue', 'looping', 'reports another']), board: text, atMs: time }),
  v.object({ kind: v.literal('person'), by: typed, atMs: time, why: maybeTyped }),
]) satisfies v.GenericSchema<unknown, Halt>;

const state = v.variant('kind', [
  v.object({ kind: v.literal('running') }),
  v.object({ kind: v.literal('halted'), why: halt }),
  v.object({ kind: v.literal('finished'), atMs: time }),
]) satisfies v.GenericSchema<unknown, RollOutState>;

const member = v.object({
  board: text,
  stage: count,
  atMs: time,
  isExcused: v.exactOptional(v.literal(true)),
}) satisfies v.GenericSchema<unknown, Member>;

const rollOut = v.object({
  image: text,
  build: text,
  former: maybeText,
  stages: v.array(stage),
  waitMs: v.exactOptional(time),
  isByHand: v.exactOptional(v.literal(true)),
  startedAtMs: time,
  stage: count,
  members: v.array(member),
  state,
}) satisfies v.GenericSchema<unknown, RollOut>;

const instead = v.object({
  image: text,
  build: text,
  atMs: time,
  former: v.exactOptional(text),
  isGiven: v.exactOptional(v.literal(true)),
  isUndone: v.exactOptional(v.literal(true)),
}) satisfies v.GenericSchema<unknown, StandIn>;

/** The earlier build in place of a newest one that was read from a file; undefined where it is not valid. */
export function keptStandIn(value: unknown): StandIn | undefined {
  return valid(instead, value);
}

/** The roll-out that was read from a file; undefined where it is not valid. */
export function keptRollOut(value: unknown): RollOut | undefined {
  return valid(rollOut, value);
}
