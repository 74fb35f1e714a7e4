import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LAST_BYTE_WAIT_MS } from '../limits.ts';
import type { Deliveries } from './deliveries.ts';
import type { Delivery, DeliveryEnd } from './delivery.ts';
import { CLIENT_CLOSED, CLIENT_STALLED, SENT, type Sent } from './sent.ts';

/** Finds out whether clients got the last bytes that were sent to them. */
export class LastBytes {
  readonly #deliveries: Deliveries;
  readonly #awaited = new WeakMap<Socket, () => void>();

  constructor(deliveries: Deliveries) {
    this.#deliveries = deliveries;
  }

  /** Records that a request came in: whoever asks again on a connection has read the previous answer. */
  heard(request: IncomingMessage): void {
    this.#awaited.get(request.socket)?.();
  }

  /**
   * Waits until the client showed that it has everything: a small image is in the kernel's buffers in an instant, and a
   * board cut off then would count as served.
   */
  taken(response: ServerResponse, delivery: Delivery): Promise<Sent> {
    const { socket } = response;
    if (socket === null || socket.destroyed) return Promise.resolve(CLIENT_CLOSED);
    delivery.complete();
    return socket.readableEnded
      ? this.#allAcknowledged(response, delivery)
      : this.#lastWord(response, socket, delivery);
  }

  /** Waits for a client that has closed its half. Node closes the connection when a response is ended. */
  async #allAcknowledged(response: ServerResponse, delivery: Delivery): Promise<Sent> {
    const closed = new Promise<Sent>((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? SENT : CLIENT_CLOSED));
    });
    if (await this.#deliveries.canLook()) {
      const sent = await Promise.race([closed, delivery.ended.then(sentBy)]);
      if (sent.kind === 'broken') return sent;
    }
    response.end();
    return closed;
  }

  /** Ends the response and waits until the client closes its half, or asks again. */
  #lastWord(response: ServerResponse, socket: Socket, delivery: Delivery): Promise<Sent> {
    return new Promise((resolve, reject) => {
      let hasLeft = false;
      let patience: NodeJS.Timeout | undefined;
      const halfClose = setTimeout(() => socket.end(), LAST_BYTE_WAIT_MS);
      const settle = (sent: Sent) => {
        clearTimeout(halfClose);
        clearTimeout(patience);
        this.#awaited.delete(socket);
        socket.off('end', onEnd).off('error', onError).off('close', onClose);
        resolve(sent);
      };
      const onEnd = () => {
        hasLeft = true;
        this.#deliveries.isLacking(delivery).then((isLacking) => isLacking || settle(SENT), reject);
      };
      const onError = () => settle(CLIENT_CLOSED);
      const onClose = (hasFailed: boolean) => {
        if (hasFailed || !hasLeft) settle(delivery.isAcknowledged ? SENT : CLIENT_CLOSED);
      };
      const finish = (sent: Sent) => {
        settle(sent);
        socket.destroy();
      };
      const onDelivered = (end: DeliveryEnd) => {
        // it has everything, but may not be done with reading it
        if (end === 'acknowledged' && !hasLeft) patience = setTimeout(finish, this.#deliveries.timeoutMs, SENT);
        else finish(sentBy(end));
      };
      this.#awaited.set(socket, () => settle(SENT));
      socket.on('end', onEnd).on('error', onError).on('close', onClose);
      delivery.ended.then(onDelivered, reject);
      // Node gives a kept connection its time-out before this, and a client may be at its last bytes for longer than that
      response.once('finish', () => socket.setTimeout(0));
      response.end();
    });
  }
}

function sentBy(end: DeliveryEnd): Sent {
  switch (end) {
    case 'acknowledged':
      return SENT;
    case 'stalled':
      return CLIENT_STALLED;
    case 'gone':
      return CLIENT_CLOSED;
  }
}
