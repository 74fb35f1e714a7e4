import { printable } from '../printable.ts';
import { refusalText } from './refusal.ts';
import type { BreakReason, Transfer, TransferState } from './transfer.ts';

const BREAKS: Record<BreakReason, string> = {
  'client closed': 'the client closed the connection',
  'client stalled': 'the client stopped receiving',
  'gave way': 'all connections were taken, and this client had the most',
  stopped: 'cut off by the stop',
  'image changed': 'the image was written to while it was sent',
  'image wrong': 'the image is wrong',
  'image unreadable': 'the image could not be read',
  'internal error': 'internal error, of which the log says more',
};

/**
 * One line about a request that ended, for a log: client, request, status, bytes, duration, the image it was resolved
 * to, what came of it, and how long it waited for its turn. A board prints "up to date" for every failure; this line is the only place to tell.
 */
export function transferLine(transfer: Transfer): string {
  const { client, method, target, status, sentBytes, durationMs, waitedMs, resolution, state } = transfer;
  const image = resolution?.found?.id ?? '-';
  const hasWaited = waitedMs > 0 && state.kind !== 'running';
  const waited = hasWaited ? `, after ${Math.round(waitedMs)} ms of waiting for its turn` : '';
  const request = `"${printable(method)} ${printable(target)}"`;
  return `${client} ${request} ${status} ${sentBytes} B ${Math.round(durationMs)} ms ${image}: ${outcomeText(transfer)}${waited}`;
}

/** What came of a request, in words. */
export function outcomeText({ state, sentBytes, totalBytes, objection }: Transfer): string {
  switch (state.kind) {
    case 'running':
      return state.place === undefined ? 'running' : waitingText(state.place.before);
    case 'refused':
      return printable(refusalText(state.refusal));
    case 'broken':
      return `broken off at byte ${sentBytes} of ${totalBytes}: ${
        objection === undefined ? breakText(state) : printable(refusalText(objection))
      }`;
    case 'finished':
      switch (state.result) {
        case 'image':
          return 'sent';
        case 'part':
          return 'sent in part, as asked';
        case 'up to date':
          return 'up to date, same build';
        case 'held':
          return 'held: told to be up to date';
        case 'not modified':
          return 'not modified since it was fetched';
        case 'head':
          return 'head only, as asked';
        case 'list':
          return 'listed';
        case 'identity':
          return 'told who is serving here';
      }
  }
}

function breakText({ reason, code }: Extract<TransferState, { kind: 'broken' }>): string {
  return code === undefined ? BREAKS[reason] : `${BREAKS[reason]} (${code})`;
}

/** That a request waits for its turn, which so many others have before it. */
export function waitingText(before: number): string {
  return before === 0 ? 'waits for its turn: it is next' : `waits for its turn, ${before} before it`;
}
