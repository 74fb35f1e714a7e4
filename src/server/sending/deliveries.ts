import type { Socket } from 'node:net';
import { type ConnectionKey, connectionKey, lookAtQueues, type QueueLook } from '../../send-queues.ts';
import { LOOK_EVERY_MS, LOOK_SHARE, MOST_MS_BETWEEN_LOOKS, SEND_TIMEOUT_MS } from '../limits.ts';
import { closeNotifyBytes } from './close-notify.ts';
import { Delivery, type Received } from './delivery.ts';

/** Reads what the system has queued for connections; undefined where it does not tell. */
export type LookAtQueues = (wanted: ReadonlySet<ConnectionKey>) => Promise<QueueLook | undefined>;

/** How clients are watched. */
export interface DeliveryOptions {
  /** How long a client may acknowledge nothing, in milliseconds; `SEND_TIMEOUT_MS` without it. */
  readonly sendTimeoutMs?: number | undefined;
  /** The system's queues without it. */
  readonly lookAtQueues?: LookAtQueues | undefined;
}

/**
 * Watches what clients acknowledge of the archives sent to them. One look at the system's queues serves all of them,
 * and takes at most a small share of a processor.
 */
export class Deliveries {
  readonly #timeoutMs: number;
  readonly #lookAtQueues: LookAtQueues;
  readonly #running = new Set<Delivery>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<boolean> | undefined;
  #canLook: Promise<boolean> | undefined;
  /** The kinds of connections that looks have shown, by the digits of an address: where none is seen, its table may be another's. */
  readonly #shown = new Set<number>();
  /** When the next look may be taken, by `performance.now()`. */
  #nextLookMs = 0;

  constructor({ sendTimeoutMs = SEND_TIMEOUT_MS, lookAtQueues: look = lookAtQueues }: DeliveryOptions = {}) {
    this.#timeoutMs = sendTimeoutMs;
    this.#lookAtQueues = look;
  }

  /** How long a client may acknowledge nothing, in milliseconds. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** Watches what is sent on `socket`, until the answer is closed. */
  begin(socket: Socket, onProgress: (received: Received) => void): Delivery {
    const closeBytes = closeNotifyBytes(socket);
    const delivery = new Delivery(
      connectionKey(socket),
      this.#timeoutMs,
      onProgress,
      () => this.#remove(delivery),
      () => (socket.writableEnded ? closeBytes : 0),
    );
    this.#running.add(delivery);
    this.#timer ??= setInterval(() => this.#tick(), LOOK_EVERY_MS).unref();
    return delivery;
  }

  /** Looks at the system's queues now, or joins the look under way; false where the system does not tell. */
  look(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Whether the system tells what was acknowledged. */
  canLook(): Promise<boolean> {
    this.#canLook ??= this.look();
    return this.#canLook;
  }

  /** Whether a client that closed its half is known not to have everything yet. */
  async isLacking(delivery: Delivery): Promise<boolean> {
    if (delivery.isAcknowledged === undefined || !delivery.isAcknowledged) {
      if (!this.#mayLook) return false;
      await this.look();
    }
    return delivery.isAcknowledged === false;
  }

  /** Whether a look may be taken, after the last one. */
  get #mayLook(): boolean {
    return this.#looking === undefined && performance.now() >= this.#nextLookMs;
  }

  /** Ends all deliveries, as for clients that are gone. */
  giveUp(): void {
    for (const delivery of this.#running) delivery.giveUp();
  }

  #remove(delivery: Delivery): void {
    this.#running.delete(delivery);
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const delivery of this.#running) delivery.tick(nowMs);
    if (this.#mayLook) void this.look();
  }

  async #look(): Promise<boolean> {
    const startMs = performance.now();
    const wanted = new Set<ConnectionKey>();
    const ends = [...this.#running].map((delivery) => {
      if (delivery.key !== undefined) wanted.add(delivery.key);
      return [delivery.look(), delivery.key] as const;
    });
    const preparedMs = performance.now();
    const look = await this.#lookAtQueues(wanted);
    const nowMs = performance.now();
    for (const key of look?.queues.keys() ?? []) this.#shown.add(addressDigits(key));
    for (const [end, key] of ends) end(look?.queues, nowMs, key !== undefined && this.#shown.has(addressDigits(key)));
    const endMs = performance.now();
    const costMs = preparedMs - startMs + (look?.costMs ?? 0) + (endMs - nowMs);
    this.#nextLookMs = endMs + Math.min(costMs / LOOK_SHARE, MOST_MS_BETWEEN_LOOKS);
    return look !== undefined;
  }
}

/** How many digits the kernel writes for its addresses: those of IPv4 and of IPv6 stand in tables of their own. */
function addressDigits(key: ConnectionKey): number {
  return key.indexOf(':');
}
