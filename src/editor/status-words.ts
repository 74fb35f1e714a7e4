import type { Reflash } from '../boards/reflash-watch.ts';
import type { Transfer } from '../server/transfer.ts';
import { reflashWords } from './reflash-words.ts';
import { refusalWords, resultText } from './request-words.ts';
import type { ServingState } from './serving-state.ts';
import { bytesText, clientText, percentText, type Words } from './words.ts';

/** What the status bar item shows. Icons are codicons in the editor's notation. */
export interface Status {
  readonly text: string;
  /** One sentence for a screen reader, and the tooltip's first line. */
  readonly label: string;
  readonly severity: 'normal' | 'warning' | 'error';
}

/** What the user has not seen yet: a request that was refused or broken off, or that shows a reflash. */
export interface Unseen {
  readonly transfer: Transfer;
  readonly reflash?: Reflash | undefined;
}

/** The status for the server's state, the images being sent now, and what the user has not seen yet. */
export function statusOf(
  state: ServingState,
  sending: readonly Transfer[],
  unseen: Unseen | undefined,
  words: Words,
  locale: string,
): Status {
  if (state.kind === 'failed') return failedStatus(state, words);
  const alert = unseen && unseenStatus(unseen, words, locale);
  if (sending.length > 0) return { ...sendingStatus(sending, words, locale), severity: alert?.severity ?? 'normal' };
  if (alert !== undefined) return alert;
  switch (state.kind) {
    case 'stopped':
      return normal('$(circle-slash) mkbox', words.t('mkbox: images are not served'));
    case 'starting':
      return normal('$(loading~spin) mkbox', words.t('mkbox: starting to serve images'));
    case 'serving': {
      const { port, url } = state.endpoint;
      return normal(`$(broadcast) mkbox :${port}`, words.t('mkbox: serving images at {0}', url));
    }
    case 'one-shot': {
      const { port, url } = state.endpoint;
      const what = state.only ?? words.t('any image');
      return normal(`$(target) mkbox :${port}`, words.t('mkbox: serving one update of {0} at {1}', what, url));
    }
    case 'draining':
      return normal('$(loading~spin) mkbox', words.t('mkbox: stopping, finishing running transfers'));
  }
}

function normal(text: string, label: string): Status {
  return { text, label, severity: 'normal' };
}

function failedStatus({ failure }: Extract<ServingState, { kind: 'failed' }>, words: Words): Status {
  if (failure.kind === 'other') {
    return { text: '$(error) mkbox', label: words.t('mkbox: {0}', failure.message), severity: 'error' };
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

function unseenStatus({ transfer, reflash }: Unseen, words: Words, locale: string): Status {
  const client = clientText(transfer.client);
  if (reflash !== undefined) {
    const label = words.t('mkbox: {0} {1}', client, reflashWords(reflash, words));
    return { text: `$(warning) mkbox ${client}`, label, severity: 'warning' };
  }
  if (transfer.state.kind === 'refused') {
    const why = refusalWords(transfer.state.refusal, words);
    return {
      text: `$(warning) mkbox ${client}`,
      label: words.t('mkbox: {0} got nothing: {1}', client, why),
      severity: 'warning',
    };
  }
  const what = resultText(transfer, words, locale);
  return { text: `$(error) mkbox ${client}`, label: words.t('mkbox: {0}: {1}', client, what), severity: 'error' };
}

function sendingStatus(sending: readonly Transfer[], words: Words, locale: string): Status {
  const sent = sending.reduce((sum, transfer) => sum + transfer.sentBytes, 0);
  const total = sending.reduce((sum, transfer) => sum + transfer.totalBytes, 0);
  const percent = percentText(sent, total, locale);
  const [only] = sending;
  if (only !== undefined && sending.length === 1) {
    const client = clientText(only.client);
    const image = only.resolution?.found?.image ?? '';
    return normal(
      `$(cloud-download) ${client} ${percent}`,
      words.t('mkbox: {0} downloads {1}, {2}', client, image, percent),
    );
  }
  const label = words.t('mkbox: {0} boards download, {1} of {2}', sending.length, percent, bytesText(total, locale));
  return normal(`$(cloud-download) ${sending.length} × ${percent}`, label);
}
