import { brokenOffText, stateText } from '../boards/state-text.ts';
import type { BoardReport } from '../status/report.ts';

/** Where a board stands, as one clause of English. */
export function standingText({ state, download, before }: BoardReport): string {
  switch (state.kind) {
    case 'refused':
      return `refused (${state.status}): ${state.reason}`;
    case 'waiting':
      return before === undefined ? 'queued' : `queued (${before} ahead)`;
    case 'downloading':
      return download === undefined
        ? 'downloading'
        : `downloading: ${download.sentBytes} of ${download.totalBytes} bytes sent`;
    case 'broken off':
      return brokenOffText(state, String(state.atByte), `${state.ofBytes} bytes`);
    case 'silent':
      return 'not heard of for long: it may be off, or ask elsewhere';
    default:
      return stateText(state);
  }
}
