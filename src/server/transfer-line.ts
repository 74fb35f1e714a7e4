import { codeText } from '../code-text.ts';
import { printable } from '../printable.ts';
import { ENGLISH, type Words } from '../words.ts';
import { refusalText } from './refusal.ts';
import { plannedFaultText } from './sending/fault.ts';
import type { BreakReason, Transfer, TransferResult, TransferState } from './transfer.ts';

/**
 * One log line about a finished request: client, request, status, bytes, duration, the resolved image, the outcome, and
 * how long it was queued. A board prints "up to date" for every failure; only this line tells them apart.
 */
export function transferLine(transfer: Transfer): string {
  const { client, method, target, status, sentBytes, durationMs, waitedMs, resolution, state } = transfer;
  const image = resolution?.found?.id ?? '-';
  const hasWaited = waitedMs > 0 && state.kind !== 'running';
  const waited = hasWaited ? `, after ${Math.round(waitedMs)} ms in the queue` : '';
  const request = `"${printable(method)} ${printable(target)}"`;
  const fault = transfer.fault === undefined ? '' : ` (fault on purpose: ${plannedFaultText(transfer.fault)})`;
  const trial = transfer.isTrial ? ' (a trial, no board)' : '';
  return `${client} ${request} ${status} ${sentBytes} B ${Math.round(durationMs)} ms ${image}: ${outcomeText(transfer)}${waited}${fault}${trial}`;
}

/** The outcome of a request, in words. */
export function outcomeText({ state, sentBytes, totalBytes, objection }: Transfer): string {
  switch (state.kind) {
    case 'running':
      return state.place === undefined ? 'running' : waitingText(state.place.before);
    case 'refused':
      return printable(refusalText(state.refusal));
    case 'broken':
      return `broken off at byte ${sentBytes} of ${totalBytes}: ${
        objection === undefined ? withCode(state) : printable(refusalText(objection))
      }`;
    case 'finished':
      return resultText(state.result);
  }
}

/** What an answered request got. */
export function resultText(result: TransferResult, words: Words = ENGLISH): string {
  switch (result) {
    case 'image':
      return words.t('sent');
    case 'part':
      return words.t('sent the requested part');
    case 'up to date':
      return words.t('up to date');
    case 'held':
      return words.t('on hold: answered as up to date');
    case 'loop stopped':
      return words.t('stopped, since it flashes itself again and again: answered as up to date');
    case 'build missing':
      return words.t('what it is pinned to is not here: answered as up to date');
    case 'not its turn':
      return words.t('waits for its turn in the roll-out: answered as up to date');
    case 'not modified':
      return words.t('not modified');
    case 'head':
      return words.t('sent the headers only, as requested');
    case 'list':
      return words.t('listed');
    case 'identity':
      return words.t("sent the server's identity");
  }
}

function withCode({ reason, code }: Extract<TransferState, { kind: 'broken' }>): string {
  return code === undefined ? breakText(reason) : `${breakText(reason)} (${codeText(code)})`;
}

/** Why a transfer ended before its end. */
export function breakText(reason: BreakReason, words: Words = ENGLISH): string {
  switch (reason) {
    case 'client closed':
      return words.t('the client closed the connection');
    case 'client stalled':
      return words.t('the client stopped receiving');
    case 'gave way':
      return words.t('all connections were taken, and this client had the most');
    case 'asked ahead':
      return words.t('the client sent too many requests without waiting for their answers');
    case 'stopped':
      return words.t('cut off by the stop');
    case 'image changed':
      return words.t('the image changed while it was being sent');
    case 'image wrong':
      return words.t('the image is wrong');
    case 'fault':
      return words.t('a fault on purpose');
    case 'image unreadable':
      return words.t('the image could not be read');
    case 'internal error':
      return refusalText({ kind: 'internal error' }, words);
  }
}

/** That a request is queued, and how many are ahead of it. */
export function waitingText(before: number, words: Words = ENGLISH): string {
  return before === 0 ? words.t('queued: next in line') : words.t('queued ({0} ahead)', before);
}
