import { printableJson } from '../printable.ts';
import { faultForm } from '../server/sending/fault.ts';
import type { Transfer } from '../server/transfer.ts';
import { outcomeText } from '../server/transfer-line.ts';
import { type LogFormat, type LogRecord, recordLevel, recordText } from './log-record.ts';

/** For programs: an object a line. Its members stand in update-server(1); one that does not apply is left out. */
export const jsonFormat: LogFormat = (record, time) =>
  printableJson({ time, level: recordLevel(record), ...members(record) });

function members(record: LogRecord): object {
  switch (record.kind) {
    case 'request':
      return { event: 'request', ...requestMembers(record.transfer) };
    case 'reflash': {
      const { board, state } = record.reflash;
      const { build: given, times, reported } = state;
      const image = board.history[0]?.image;
      return { event: 'reflash', message: recordText(record), client: board.address, image, given, times, reported };
    }
    case 'message':
      return { event: record.event, message: record.text };
  }
}

function requestMembers(transfer: Transfer): object {
  const { client, method, target, status, sentBytes, totalBytes, durationMs, waitedMs, asked, resolution, state } =
    transfer;
  return {
    client,
    method,
    target,
    status,
    bytes: sentBytes,
    totalBytes,
    durationMs: Math.round(durationMs),
    waitedMs: waitedMs > 0 && state.kind !== 'running' ? Math.round(waitedMs) : undefined,
    box: asked.box,
    board: asked.board,
    buildId: asked.buildId,
    image: resolution?.found?.id,
    servedBuildId: transfer.servedBuildId,
    trial: transfer.isTrial || undefined,
    fault: transfer.fault && faultForm(transfer.fault),
    ...outcomeMembers(transfer, state),
  };
}

/** `outcome` is one of a few words; `reason` says in English why a client did not get what it asked for. */
function outcomeMembers(transfer: Transfer, state: Transfer['state']): object {
  switch (state.kind) {
    case 'running':
      return state.place === undefined ? { outcome: 'running' } : { outcome: 'waiting', before: state.place.before };
    case 'finished':
      return { outcome: state.result };
    case 'broken':
      return { outcome: 'broken', cause: state.reason, reason: outcomeText(transfer) };
    case 'refused':
      return { outcome: 'refused', cause: state.refusal.kind, reason: outcomeText(transfer) };
  }
}
