import type { Reflashing, ToldRefusal } from '../../boards/board.ts';
import type { LoggedRequest } from '../../boards/logged-request.ts';
import { reflashText } from '../../boards/reflash-text.ts';
import { refusedText } from '../../boards/state-text.ts';
import type { Refusal } from '../../server/refusal.ts';
import { type FaultOrder, faultOrderText, plannedFaultText } from '../../server/sending/fault.ts';
import type { Endpoint, ServingFailure, ServingState } from '../serving-state.ts';
import { IN_THE_EDITOR } from './remedies.ts';
import { outcomeText, stalledWords } from './request-words.ts';
import { bytesText, percentText, type Words } from './words.ts';

/** What the status bar item shows. Icons are codicons in the editor's notation. */
export interface Status {
  readonly text: string;
  /** One sentence for a screen reader, and the tooltip's first line. */
  readonly label: string;
  readonly severity: 'normal' | 'warning' | 'error';
}

/** What the user has not seen yet: a request that was refused or broken off, or that shows a reflash. */
export interface Unseen {
  readonly transfer: LoggedRequest;
  readonly reflash?: Reflashing | undefined;
}

/** What the status tells of. */
export interface Situation {
  readonly state: ServingState;
  /** The images being sent now. */
  readonly sending: readonly LoggedRequest[];
  readonly unseen: Unseen | undefined;
  /** The names of boards that are on hold. */
  readonly held: readonly string[];
  /** The names of boards that are to get one update. */
  readonly once: readonly string[];
  readonly nameOf: NameOf;
  /** The fault on purpose, for a client by its name. */
  readonly fault: FaultOrder | undefined;
}

/** The name of the board that a request is from. */
type NameOf = (transfer: LoggedRequest) => string;

/** The status in a situation: the gravest thing, else the newest. A fault on purpose is marked whatever else there is. */
export function statusOf(situation: Situation, words: Words, locale: string): Status {
  const { fault } = situation;
  const status = faultlessStatusOf(situation, words, locale);
  if (fault === undefined) return status;
  return {
    text: `${status.text} · $(bug) ${plannedFaultText(fault.fault, words)}`,
    label: `${status.label}; ${faultOrderText(fault, words)}`,
    severity: status.severity === 'normal' ? 'warning' : status.severity,
  };
}

function faultlessStatusOf(situation: Situation, words: Words, locale: string): Status {
  const { state, sending, unseen, nameOf } = situation;
  if (state.kind === 'failed') return failedStatus(state, words);
  if (state.kind === 'draining') return drainingStatus(state.next, sending.length, words);
  const alert = unseen && remarked(unseenStatus(unseen, nameOf, words, locale), situation, words);
  if (sending.length > 0) {
    const status = remarked(sendingStatus(sending, nameOf, words, locale), situation, words);
    return { ...status, severity: alert?.severity ?? 'normal' };
  }
  if (alert !== undefined) return alert;
  switch (state.kind) {
    case 'stopped':
      return normal('$(circle-slash) mkbox', words.t('mkbox: images are not served'));
    case 'starting':
      return normal('$(loading~spin) mkbox', words.t('mkbox: starting to serve images'));
    case 'serving': {
      const label = words.t('mkbox: serving images at {0}', state.endpoint.url);
      return holding(normal(`$(broadcast) mkbox ${placeText(state.endpoint, words)}`, label), situation, words);
    }
    case 'one-shot': {
      const { url } = state.endpoint;
      const what = state.only ?? words.t('any image');
      const label =
        state.client === undefined
          ? words.t('mkbox: serving one update of {0} at {1}', what, url)
          : words.t('mkbox: serving one update of {0} at {1}, to the board {2} only', what, url, state.client);
      const text = `$(target) mkbox ${placeText(state.endpoint, words)} · ${armedText(state, words)}`;
      return holding(normal(text, label), situation, words);
    }
  }
}

/** Where boards reach the server, short: no other machine needs to know the address of one that is local. */
function placeText({ port, url, onNetwork }: Endpoint, words: Words): string {
  return onNetwork ? new URL(url).host : words.t('local:{0}', port);
}

/** The one update that is served. */
function armedText({ only, client }: Extract<ServingState, { kind: 'one-shot' }>, words: Words): string {
  if (client !== undefined) return words.t('one update to {0}', client);
  if (only !== undefined) return words.t('one update of {0}', only.slice(only.indexOf('/') + 1));
  return words.t('one update');
}

type Next = Extract<ServingState, { kind: 'draining' }>['next'];

/** A stop under way comes first: whoever asked for it wants to know what it waits for. */
function drainingStatus(next: Next, downloads: number, words: Words): Status {
  const left = drainingText(next, downloads, words);
  return normal(`$(loading~spin) mkbox: ${left}`, words.t('mkbox: {0}', left));
}

/** That the server is being stopped, to start again or not, and how many downloads are left. */
function drainingText(next: Next, downloads: number, words: Words): string {
  switch (next) {
    case 'stopped':
      if (downloads === 0) return words.t('stopping');
      return downloads === 1
        ? words.t('stopping, 1 download left')
        : words.t('stopping, {0} downloads left', downloads);
    case 'serving':
      if (downloads === 0) return words.t('restarting');
      return downloads === 1
        ? words.t('restarting, 1 download left')
        : words.t('restarting, {0} downloads left', downloads);
  }
}

/** `status`, which hides the server's state, with the remarks about it that must not be forgotten. */
function remarked(status: Status, { state, held, once }: Situation, words: Words): Status {
  const remarks = [
    ...(state.kind === 'one-shot' ? [words.t('only one update is served')] : []),
    ...(once.length > 0 ? [onceText(once, words)] : []),
    ...(held.length > 0 ? [heldText(held, words)] : []),
  ];
  return { ...status, label: [status.label, ...remarks].join('; ') };
}

function heldText(held: readonly string[], words: Words): string {
  return words.t('holding {0}', held.join(', '));
}

function onceText(names: readonly string[], words: Words): string {
  return words.t('one update to {0}', names.join(', '));
}

/** `status`, with which boards are to get one update, and how many are on hold, and which. */
function holding(status: Status, { held, once }: Situation, words: Words): Status {
  const remarks = [
    ...(once.length > 0 ? [{ text: onceText(once, words), label: onceText(once, words) }] : []),
    ...(held.length > 0 ? [{ text: words.t('{0} held', held.length), label: heldText(held, words) }] : []),
  ];
  return {
    ...status,
    text: [status.text, ...remarks.map(({ text }) => text)].join(' · '),
    label: [status.label, ...remarks.map(({ label }) => label)].join('; '),
  };
}

function normal(text: string, label: string): Status {
  return { text, label, severity: 'normal' };
}

function failedStatus({ failure }: Extract<ServingState, { kind: 'failed' }>, words: Words): Status {
  if (failure.kind !== 'port in use') {
    return { text: '$(error) mkbox', label: words.t('mkbox: {0}', failureWords(failure, words)), severity: 'error' };
  }
  const { port, holder } = failure;
  if (holder.kind === 'mkbox window') {
    const text = `$(window) mkbox :${port}`;
    return {
      text,
      label: words.t('mkbox: port {0} is served by another window, {1}', port, holder.workspace),
      severity: 'normal',
    };
  }
  return { text: `$(error) mkbox :${port}`, label: words.t('mkbox: port {0} is in use', port), severity: 'error' };
}

/** Why images are not served, if not because of the port. */
export function failureWords(failure: Exclude<ServingFailure, { kind: 'port in use' }>, words: Words): string {
  if (failure.kind === 'other') return failure.told?.(words) ?? failure.message;
  return words.t('this machine has no address {0}', failure.host);
}

/** That a board got nothing, and why. `name`: what people call it. */
export function gotNothingText(name: string, refusal: Refusal | ToldRefusal, words: Words): string {
  return words.t('mkbox: {0} got nothing: {1}', name, refusedText({ refusal }, words, IN_THE_EDITOR));
}

/** That one update is served, of an image or to a board, in the row of that. */
export function oneUpdateText(words: Words): string {
  return words.t('one update is served');
}

function unseenStatus({ transfer, reflash }: Unseen, nameOf: NameOf, words: Words, locale: string): Status {
  const client = nameOf(transfer);
  if (reflash !== undefined) {
    const label = words.t('mkbox: {0} {1}', client, reflashText(reflash, words));
    return { text: `$(warning) mkbox ${client}`, label, severity: 'warning' };
  }
  if (transfer.state.kind === 'refused') {
    const label = gotNothingText(client, transfer.state.refusal, words);
    return { text: `$(warning) mkbox ${client}`, label, severity: 'warning' };
  }
  const label = words.t('mkbox: {0}: {1}', client, outcomeText(transfer, words, locale));
  return transfer.fault === undefined
    ? { text: `$(error) mkbox ${client}`, label, severity: 'error' }
    : { text: `$(warning) mkbox ${client}`, label, severity: 'warning' };
}

function sendingStatus(sending: readonly LoggedRequest[], nameOf: NameOf, words: Words, locale: string): Status {
  const sent = sending.reduce((sum, transfer) => sum + transfer.sentBytes, 0);
  const total = sending.reduce((sum, transfer) => sum + transfer.totalBytes, 0);
  const percent = percentText(sent, total, locale);
  const [only] = sending;
  if (only !== undefined && sending.length === 1) {
    const client = nameOf(only);
    const image = only.resolution?.found?.image ?? '';
    const { stalledMs } = only;
    const stalled = stalledMs === undefined ? '' : `, ${stalledWords(stalledMs, words, locale)}`;
    return normal(
      `$(cloud-download) ${client} ${percent}${stalled}`,
      words.t('mkbox: {0} downloads {1}, {2}', client, image, `${percent}${stalled}`),
    );
  }
  const label = words.t('mkbox: {0} boards download, {1} of {2}', sending.length, percent, bytesText(total, locale));
  return normal(`$(cloud-download) ${sending.length} × ${percent}`, label);
}
