import type { Server } from 'node:http';
import type { Exchanges } from './exchanges.ts';
import { HANDOVER_GRACE_MS } from './limits.ts';
import type { Deliveries } from './sending/deliveries.ts';
import type { Turns } from './sending/turns.ts';
import type { Connections } from './socket/connections.ts';

/** The phase of a server's life: whether it takes new requests, and who takes them if it does not. */
export type Phase =
  | 'serving'
  /** No new request is taken. */
  | 'stopping'
  /** Another process accepts on the same socket, so this one only serves the connections that it has accepted. */
  | 'handing over';

/** What is brought to an end. */
export interface Drained {
  readonly server: Server;
  readonly connections: Connections;
  readonly turns: Turns;
  readonly deliveries: Deliveries;
  readonly exchanges: Exchanges;
}

/** Stops a server: no new transfer, and time for the running ones. */
export class Draining {
  /** Settles when everything that was running has ended. */
  readonly done: Promise<void>;
  readonly #parts: Drained;
  #settle: () => void = () => {};
  #phase: Phase = 'serving';

  constructor(parts: Drained) {
    this.#parts = parts;
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    // Node takes a connection for idle whose client has not received its last bytes yet
    parts.server.closeIdleConnections = () => {
      parts.connections.destroyIdle(this.#phase === 'handing over' ? 'unasked' : 'none');
    };
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Begins to drain, for at most `deadlineMs`. A second call with a nearer deadline cuts the first one's short. */
  begin(deadlineMs: number, phase: Exclude<Phase, 'serving'>): void {
    const { server, connections, turns, deliveries, exchanges } = this.#parts;
    const deadline = setTimeout(() => {
      deliveries.giveUp();
      exchanges.cutOff();
      server.closeAllConnections();
    }, deadlineMs);
    void this.done.then(() => clearTimeout(deadline));
    if (this.#phase !== 'serving') return;
    exchanges.faults.disarm(); // a board that is held up on purpose holds up the stop, too
    this.#phase = phase;
    switch (phase) {
      case 'stopping':
        turns.stop();
        connections.destroyIdle();
        this.#close();
        break;
      case 'handing over':
        // A whole turn of the loop, so that requests that lie in the kernel already are read before we look who is idle.
        setImmediate(() => setImmediate(() => this.#closeAfterGrace()));
        break;
    }
  }

  #close(): void {
    const { server, exchanges } = this.#parts;
    server.close(() => void exchanges.settled().then(this.#settle));
    // Connections that are kept alive become idle after `close()` looked for idle ones.
    const closeIdle = () => setImmediate(() => server.closeIdleConnections());
    exchanges.events.on('finished', closeIdle).on('broken', closeIdle).on('refused', closeIdle);
  }

  #closeAfterGrace(): void {
    this.#close();
    const { connections } = this.#parts;
    connections.destroyIdle('unasked');
    const grace = setTimeout(() => connections.destroyIdle(), HANDOVER_GRACE_MS);
    void this.done.then(() => clearTimeout(grace));
  }
}
