import { faultWords, mayPass } from '../images/set-fault.ts';
import { type Refusal, refusalText } from '../server/refusal.ts';
import type { BreakReason, Transfer } from '../server/transfer.ts';
import type { WaitingPlace } from '../server/turns.ts';
import { findingWords } from './finding-words.ts';
import { bytesText, durationText, percentText, type Words } from './words.ts';

/** What a request asked for, in the words of the boxes: its image, or its parts. */
export function askedText({ asked, resolution, target }: Transfer, words: Words): string {
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

/** What came of a request so far. */
export function resultText(transfer: Transfer, words: Words, locale: string): string {
  const { state, sentBytes, totalBytes, durationMs } = transfer;
  switch (state.kind) {
    case 'running':
      if (state.place !== undefined) return waitingWords(state.place, words);
      if (totalBytes === 0) return words.t('looking for the image');
      return sendingText(transfer, words, locale);
    case 'refused':
      return refusalWords(state.refusal, words);
    case 'broken':
      return words.t(
        'broken off at {0}: {1}',
        percentText(sentBytes, totalBytes, locale),
        objectionWords(transfer, words) ?? breakWords(state.reason, words),
      );
    case 'finished':
      switch (state.result) {
        case 'image':
          return words.t('sent {0} in {1}', bytesText(sentBytes, locale), durationText(durationMs, locale));
        case 'part':
          return words.t('sent {0}, the part asked for', bytesText(sentBytes, locale));
        case 'up to date':
          return words.t('up to date');
        case 'held':
          return words.t('held: told to be up to date');
        case 'not modified':
          return words.t('not modified');
        case 'head':
          return words.t('asked for the headers only');
        case 'list':
          return words.t('listed');
        case 'identity':
          return words.t('asked who serves here');
      }
  }
}

function sendingText({ sentBytes, totalBytes, stalledMs }: Transfer, words: Words, locale: string): string {
  const percent = percentText(sentBytes, totalBytes, locale);
  const total = bytesText(totalBytes, locale);
  return stalledMs === undefined
    ? words.t('sending {0} of {1}', percent, total)
    : words.t('{0} of {1}, {2}', percent, total, stalledWords(stalledMs, words, locale));
}

/** That a client takes nothing, and for how long. */
export function stalledWords(stalledMs: number, words: Words, locale: string): string {
  return words.t('stalled for {0}', durationText(Math.floor(stalledMs / 1000) * 1000, locale));
}

/** That a request waits for its turn, and how many others have theirs before. */
export function waitingWords({ before }: WaitingPlace, words: Words): string {
  return before === 0
    ? words.t('waits for its turn: it is next')
    : words.t('waits for its turn, {0} before it', before);
}

/** What was found wrong with the image while it was sent. */
function objectionWords({ objection }: Transfer, words: Words): string | undefined {
  return objection?.kind === 'wrong image' ? findingWords(objection.image, objection.finding, words) : undefined;
}

/** Why a request gets nothing, in the user's language. */
export function refusalWords(refusal: Refusal, words: Words): string {
  switch (refusal.kind) {
    case 'stopping':
      return words.t('refused: the server is being stopped');
    case 'full':
      return words.t('refused: too many wait for their turn');
    case 'path':
      return words.t('nothing is served under this path');
    case 'part missing':
      return refusal.part === 'box' ? words.t('the request names no box') : words.t('the request names no board');
    case 'no image': {
      const tried = refusal.tried.join(', ');
      return refusal.nearest === undefined
        ? words.t('no image: tried {0}; there is none at all', tried)
        : words.t('no image: tried {0}; nearest: {1}', tried, refusal.nearest);
    }
    case 'incomplete':
      return mayPass(refusal.fault)
        ? words.t('{0} is not sent: {1}', refusal.id, faultWords(refusal.fault, words))
        : words.t('{0} is incomplete: {1}', refusal.id, faultWords(refusal.fault, words));
    case 'wrong image':
      return words.t('{0} is not sent: {1}', refusal.id, findingWords(refusal.image, refusal.finding, words));
    case 'being written':
      return words.t('{0} is being written', refusal.id);
    case 'unchecked':
      return words.t('{0} is not sent: it could not be checked ({1})', refusal.id, refusal.code);
    case 'not this one':
      return words.t('only {0} is served now', refusal.only);
    case 'not this board':
      return words.t('only the board at {0} gets an update now', refusal.only);
    case 'unreadable':
      return refusal.folder === undefined
        ? words.t('the images could not be read ({0})', refusal.code)
        : words.t('the folder {0} could not be read ({1})', refusal.folder, refusal.code);
    case 'internal error':
      return words.t('internal error; see the log');
    case 'not allowed':
      return words.t('refused: {0} is in none of the networks that may ask', refusal.client);
    case 'not proven':
      return refusal.proof === 'absent'
        ? words.t('refused: no user and password were given')
        : words.t('refused: the user or the password is wrong');
    case 'foreign host':
      return words.t(
        'refused: this machine does not go by the name {0}; add it to mkbox.allowedHosts if it should',
        refusal.name,
      );
    case 'request':
      return words.t('refused: {0}', refusalText(refusal));
  }
}

/** Why a transfer ended before its end, in the user's language. */
export function breakWords(reason: BreakReason, words: Words): string {
  switch (reason) {
    case 'client closed':
      return words.t('the board closed the connection');
    case 'client stalled':
      return words.t('the board stopped receiving');
    case 'gave way':
      return words.t('all connections were taken, and this client had the most');
    case 'stopped':
      return words.t('cut off by the stop');
    case 'image changed':
      return words.t('the image was written to while it was sent');
    case 'image wrong':
      return words.t('the image was found to be wrong');
    case 'image unreadable':
      return words.t('the image could not be read');
    case 'internal error':
      return words.t('internal error; see the log');
  }
}
