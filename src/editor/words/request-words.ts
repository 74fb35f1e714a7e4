import type { LoggedRequest } from '../../boards/logged-request.ts';
import { findingText } from '../../checks/finding-text.ts';
import { refusalText } from '../../server/refusal.ts';
import { plannedFaultText } from '../../server/sending/fault.ts';
import type { TransferResult } from '../../server/transfer.ts';
import { breakText, resultText, waitingText } from '../../server/transfer-line.ts';
import { IN_THE_EDITOR } from './remedies.ts';
import { bytesText, durationText, percentText, type Words } from './words.ts';

/** What a request asked for: its image, or its parts. */
export function askedText({ asked, resolution, target }: LoggedRequest, words: Words): string {
  switch (asked.kind) {
    case 'list':
      return asked.search === undefined ? words.t('list') : words.t('list of {0}', asked.search);
    case 'update': {
      const parts = [asked.box, asked.image, asked.board, asked.branch, asked.version];
      return resolution?.found?.image ?? (parts.filter((part) => part !== undefined).join(' ') || target);
    }
    case 'identity':
    case 'other':
      return target;
  }
}

/** The outcome of a request so far, and the fault on purpose that it met. */
export function outcomeText(transfer: LoggedRequest, words: Words, locale: string): string {
  const outcome = plainOutcomeText(transfer, words, locale);
  if (transfer.fault === undefined) return outcome;
  const fault = plannedFaultText(transfer.fault, words);
  return saysFault(transfer) ? `${outcome} (${fault})` : words.t('{0}, with a fault on purpose: {1}', outcome, fault);
}

/** Whether the outcome itself says that the fault was on purpose. */
function saysFault({ state, sentBytes, totalBytes }: LoggedRequest): boolean {
  if (state.kind === 'refused') return state.refusal.kind === 'fault';
  return state.kind === 'broken' && state.reason === 'fault' && sentBytes < totalBytes;
}

function plainOutcomeText(transfer: LoggedRequest, words: Words, locale: string): string {
  const { state, sentBytes, totalBytes } = transfer;
  switch (state.kind) {
    case 'running':
      if (state.place !== undefined) return waitingText(state.place.before, words);
      if (totalBytes === 0) return words.t('looking for the image');
      return sendingText(transfer, words, locale);
    case 'refused':
      return refusalText(state.refusal, words, IN_THE_EDITOR);
    case 'broken':
      // its bytes all came, but not the right ones
      if (state.reason === 'fault' && sentBytes === totalBytes) return finishedText('image', transfer, words, locale);
      return words.t(
        'broken off at {0}: {1}',
        percentText(sentBytes, totalBytes, locale),
        objectionText(transfer, words) ?? breakText(state.reason, words),
      );
    case 'finished':
      return finishedText(state.result, transfer, words, locale);
  }
}

function finishedText(result: TransferResult, transfer: LoggedRequest, words: Words, locale: string): string {
  const sent = bytesText(transfer.sentBytes, locale);
  switch (result) {
    case 'image':
      return words.t('sent {0} in {1}', sent, durationText(transfer.durationMs, locale));
    case 'part':
      return words.t('sent {0}, the requested part', sent);
    default:
      return resultText(result, words);
  }
}

function sendingText({ sentBytes, totalBytes, stalledMs }: LoggedRequest, words: Words, locale: string): string {
  const percent = percentText(sentBytes, totalBytes, locale);
  const total = bytesText(totalBytes, locale);
  return stalledMs === undefined
    ? words.t('sending {0} of {1}', percent, total)
    : words.t('{0} of {1}, {2}', percent, total, stalledWords(stalledMs, words, locale));
}

/** That a client is stalled, and for how long. */
export function stalledWords(stalledMs: number, words: Words, locale: string): string {
  return words.t('stalled for {0}', durationText(Math.floor(stalledMs / 1000) * 1000, locale));
}

/** What was found to be wrong with the image while it was sent. */
function objectionText({ objection }: LoggedRequest, words: Words): string | undefined {
  return objection?.kind === 'wrong image'
    ? findingText(objection.image, objection.finding, words, IN_THE_EDITOR)
    : undefined;
}
