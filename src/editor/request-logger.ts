import * as vscode from 'vscode';
import { reflashLine } from '../boards/reflash-text.ts';
import type { Gap } from '../checks/finding.ts';
import { gapText } from '../checks/finding-text.ts';
import type { ImageChecks } from '../checks/image-checks.ts';
import { FAULT_OFF_TEXT, type FaultOrder, faultOrderText } from '../server/sending/fault.ts';
import type { Transfer } from '../server/transfer.ts';
import { transferLine } from '../server/transfer-line.ts';
import type { Boards } from './serving/boards.ts';
import type { Serving } from './serving/serving.ts';
import type { ServingFailure, ServingState } from './serving-state.ts';

/** What is logged. */
export interface Logged {
  readonly serving: Serving;
  readonly boards: Boards;
  readonly checks: ImageChecks;
}

/** Logs a line for each request that is queued or ended, for what the server does, and for images of other makers. */
export function logServing({ serving, boards, checks }: Logged, log: vscode.LogOutputChannel): vscode.Disposable {
  const onForeign = (image: string, gap: Gap) => log.warn(`${image}.img.zst: ${gapText(gap)}`);
  checks.events.on('foreign', onForeign);
  const onReflash = boards.onDidReflash((reflash) => log.warn(reflashLine(reflash)));
  const onTransfer = serving.onDidChangeTransfer((transfer) => {
    if (transfer.state.kind !== 'running') log.info(transferLine(transfer));
    else if (transfer.state.place !== undefined) log.info(transferLine(transfer));
    else if (transfer.status === 0) log.debug(requestHead(transfer));
  });
  const logState = (state: ServingState) => {
    if (state.kind === 'failed') log.error(stateLine(state));
    else log.info(stateLine(state));
  };
  const onState = serving.onDidChangeState(logState);
  if (serving.state.kind !== 'stopped') logState(serving.state); // another extension had it serve already
  const checksEnded = { dispose: () => checks.events.off('foreign', onForeign) };
  return vscode.Disposable.from(onReflash, onTransfer, onState, logFaults(serving, log), checksEnded);
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
