import type { ServerResponse } from 'node:http';
import { PROBE_AFTER_MS } from './limits.ts';
import { probeHalfClosed } from './sending/half-closed.ts';
import type { Turns, WaitEnd } from './sending/turns.ts';
import type { TransferRecord } from './transfer-record.ts';

/** Waits until it is the transfer's turn, or until that will not be. `onWaiting`: called once it has its place. */
export function waitForTurn(
  turns: Turns,
  transfer: TransferRecord,
  response: ServerResponse,
  onWaiting: () => void,
): Promise<WaitEnd | 'left'> {
  if (response.destroyed) return Promise.resolve('left');
  return new Promise((resolve) => {
    const settle = (end: WaitEnd | 'left') => {
      response.off('close', onLeft);
      stopProbing();
      transfer.goOn();
      resolve(end);
    };
    let stopProbing = () => {};
    const place = turns.wait(transfer.client, settle);
    if (typeof place === 'string') return resolve(place);
    const onLeft = () => {
      place.leave();
      settle('left');
    };
    response.once('close', onLeft);
    response.socket?.setKeepAlive(true, PROBE_AFTER_MS);
    stopProbing = probeHalfClosed(response);
    transfer.wait(place);
    onWaiting();
  });
}
