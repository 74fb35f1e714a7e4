import type { Reflash } from '../boards/board-events.ts';
import { reflashLine } from '../boards/reflash-text.ts';
import { printable } from '../printable.ts';
import type { BreakReason, Transfer, TransferResult } from '../server/transfer.ts';
import { transferLine } from '../server/transfer-line.ts';

/** How much a record matters to whoever runs the server. */
export type LogLevel = 'info' | 'warning' | 'error';

/** What a log is written from. */
export type LogRecord =
  /** A request that ended, or waits for its turn. */
  | { readonly kind: 'request'; readonly transfer: Transfer }
  /** A board that flashes itself again and again. */
  | { readonly kind: 'reflash'; readonly reflash: Reflash }
  /** Anything else; `event` is one word for programs. */
  | { readonly kind: 'message'; readonly event: string; readonly level: LogLevel; readonly text: string };

/** A line of a log about `record`, without its end. `time` is ISO 8601, in UTC. */
export type LogFormat = (record: LogRecord, time: string) => string;

/** The record in English, in one line. */
export function recordText(record: LogRecord): string {
  switch (record.kind) {
    case 'request':
      return printable(transferLine(record.transfer));
    case 'reflash':
      return printable(reflashLine(record.reflash));
    case 'message':
      return printable(record.text);
  }
}

/**
 * A board that got nothing is a warning, unless someone has it wait; an image that can't be served until somebody fixes it is
 * an error.
 */
export function recordLevel(record: LogRecord): LogLevel {
  switch (record.kind) {
    case 'request':
      return requestLevel(record.transfer);
    case 'reflash':
      return 'error';
    case 'message':
      return record.level;
  }
}

/** Why a transfer breaks that neither a client nor a build broke. */
const BREAKS_OF_OURS: ReadonlySet<BreakReason> = new Set(['image wrong', 'image unreadable', 'internal error']);

/** "Up to date" answers to boards that would get something if nothing were wrong. */
const NOTHING_TO_GIVE: ReadonlySet<TransferResult> = new Set(['loop stopped', 'build missing']);

function requestLevel({ state }: Transfer): LogLevel {
  switch (state.kind) {
    case 'running':
      return 'info';
    case 'finished':
      return NOTHING_TO_GIVE.has(state.result) ? 'warning' : 'info';
    case 'broken':
      return BREAKS_OF_OURS.has(state.reason) ? 'error' : 'warning';
    case 'refused':
      switch (state.refusal.kind) {
        case 'wrong image':
          return state.refusal.isSettling ? 'warning' : 'error';
        case 'unchecked':
        case 'unreadable':
        case 'internal error':
          return 'error';
        default:
          return 'warning';
      }
  }
}
