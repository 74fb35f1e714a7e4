import type { ServerResponse } from 'node:http';
import type { Approval } from '../decision/answer.ts';
import type { Piece } from './archive-pieces.ts';
import type { Delivery } from './delivery.ts';
import { whileHalfClosed } from './half-closed.ts';
import type { Pace } from './pace.ts';
import { CLIENT_CLOSED, CLIENT_STALLED, SENT, type Sent } from './sent.ts';

/** How a transfer is sent: what paces it, for which client, and the watch on its delivery. */
export interface Line {
  readonly pace: Pace;
  readonly client: string;
  readonly delivery: Delivery;
}

/** Writes one piece at a time, and tells when the network took it or the client went away. */
export class ArchiveWriter {
  readonly #response: ServerResponse;
  readonly #line: Line;
  #pending: Promise<Sent> = Promise.resolve(SENT);
  #settle: (sent: Sent) => void = () => {};
  #stalled = false;
  /** Bytes that were written to probe whether the client is still there. */
  #probes = 0;

  constructor(response: ServerResponse, line: Line) {
    this.#response = response;
    this.#line = line;
    response.once('close', () => this.#settle(this.#ended));
    void line.delivery.ended.then((end) => {
      if (end === 'acknowledged') return;
      this.#stalled = end === 'stalled';
      response.destroy();
    });
  }

  /** How sending ended, once the client takes no more. */
  get #ended(): Sent {
    return this.#stalled ? CLIENT_STALLED : CLIENT_CLOSED;
  }

  /**
   * Waits until the rest may be sent. The client may close its half meanwhile, in an orderly way even if it is gone, as
   * nginx does: 'unsure' if one more byte would tell, and there is one to spare.
   */
  async approved(approval: Approval, mayProbe: boolean): Promise<Sent | 'unsure'> {
    const written = await this.#pending;
    if (written.kind === 'broken') return written;
    const { socket } = this.#response;
    return this.#rest<Sent | 'unsure'>((settle) => {
      const probe = () => {
        this.#probes++;
        settle('unsure');
      };
      const stopProbing = socket === null || !mayProbe ? () => {} : whileHalfClosed(socket, probe, this.#probes);
      approval.then(
        (objection) => settle(objection === undefined ? SENT : { kind: 'broken', reason: 'image wrong', objection }),
        () => settle({ kind: 'broken', reason: 'internal error' }), // a bug, which Exchanges reports
      );
      return stopProbing;
    });
  }

  /** Waits until `bytes` more may go on the line. */
  granted(bytes: number): Promise<Sent> {
    const { pace, client } = this.#line;
    return this.#rest<Sent>((settle) => pace.ask(client, bytes, () => settle(SENT)));
  }

  /**
   * Waits for what `begin` waits for, and withdraws when it settled or the client goes away. Nothing is sent meanwhile,
   * which is not the client's fault.
   */
  #rest<T>(begin: (settle: (come: T) => void) => () => void): Promise<T | Sent> {
    const response = this.#response;
    const { delivery } = this.#line;
    if (response.destroyed) return Promise.resolve(this.#ended);
    return new Promise((resolve) => {
      let withdraw = () => {};
      const settle = (come: T) => {
        withdraw();
        response.off('close', onClose);
        delivery.rest(false);
        resolve(come);
      };
      const onClose = () => {
        withdraw();
        resolve(this.#ended);
      };
      delivery.rest(true);
      response.once('close', onClose);
      withdraw = begin(settle);
    });
  }

  /** Settles when the write before was taken. */
  written(): Promise<Sent> {
    return this.#pending;
  }

  /** Writes the `buffers`, `length` bytes in all, with one system call if the network takes them at once. */
  write({ buffers, length }: Pick<Piece, 'buffers' | 'length'>): void {
    this.#pending = new Promise((resolve) => {
      this.#settle = resolve;
      const response = this.#response;
      if (response.destroyed) return resolve(this.#ended);
      const onTaken = (error: Error | null | undefined) => {
        if (error) return resolve(this.#ended);
        this.#line.delivery.took(length);
        resolve(SENT);
      };
      response.cork();
      for (const [index, bytes] of buffers.entries()) {
        response.write(bytes, index === buffers.length - 1 ? onTaken : undefined);
      }
      response.uncork();
    });
  }
}
