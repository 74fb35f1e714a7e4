import * as vscode from 'vscode';
import { reflashLine } from '../boards/reflash-text.ts';
import { FAULT_OFF_TEXT, type FaultOrder, faultOrderText } from '../server/sending/fault.ts';
import type { Transfer } from '../server/transfer.ts';
import { transferLine } from '../server/transfer-line.ts';
import type { Boards } from './serving/boards.ts';
import type { Serving } from './serving/serving.ts';
import type { ServingFailure, ServingState } from './serving-state.ts';

/** Logs a line for each request that is queued or ended, and for what the server does. */
export function logServing(serving: Serving, boards: Boards, log: vscode.LogOutputChannel): vscode.Disposable {
  const onReflash = boards.onDidReflash((reflash) => log.warn(reflashLine(reflash)));
  const onTransfer = serving.onDidChangeTransfer((transfer) => {
    if (transfer.state.kind !== 'running') log.info(transferLine(transfer));
    else if (transfer.state.place !== undefined) log.info(transferLine(transfer));
    else if (transfer.status === 0) log.debug(requestHead(transfer));
  });
  const onState = serving.onDidChangeState((state) => {
    if (state.kind === 'failed') log.error(stateLine(state));
    else log.info(stateLine(state));
  });
  return vscode.Disposable.from(onReflash, onTransfer, onState, logFaults(serving, log));
}

/** Logs the fault on purpose that is armed, and that it is off again. */
function logFaults(serving: Serving, log: vscode.LogOutputChannel): vscode.Disposable {
  let told: FaultOrder | undefined;
  return serving.onDidChangeFault(() => {
    const armed = serving.faults?.armed;
    if (armed === told) return;
    told = armed;
    log.warn(armed === undefined ? FAULT_OFF_TEXT : faultOrderText(armed));
  });
}

/** The request as it came, in one line, without its credentials. */
function requestHead({ client, method, target, headers }: Transfer): string {
  const fields = headers.flatMap((name, index) => {
    if (index % 2 === 1) return [];
    const secret = /^(proxy-)?authorization$|^cookie$/i.test(name);
    return `${name}: ${secret ? '…' : headers[index + 1]}`;
  });
  return `${client} ${method} ${target} (${fields.join('; ')})`;
}

function stateLine(state: ServingState): string {
  switch (state.kind) {
    case 'serving':
      return `serving images at ${state.endpoint.url}`;
    case 'one-shot':
      return `serving one update of ${state.only ?? 'any image'} to ${state.client ?? 'any board'} at ${state.endpoint.url}`;
    case 'draining':
      return `${state.next === 'stopped' ? 'stopping' : 'restarting'}: finishing running requests`;
    case 'failed':
      return failureLine(state.failure);
    case 'stopped':
    case 'starting':
      return state.kind;
  }
}

function failureLine(failure: ServingFailure): string {
  switch (failure.kind) {
    case 'port in use':
      return `port ${failure.port} of ${failure.host} is in use (${failure.holder.kind})`;
    case 'no such address':
      return `${failure.host} is not an address of this machine`;
    case 'other':
      return failure.message;
  }
}
