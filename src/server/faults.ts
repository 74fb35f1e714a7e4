import { EventEmitter } from 'node:events';
import { plainAddress } from './admission/networks.ts';
import type { FaultOrder } from './sending/fault.ts';
import type { MetFault } from './sending/faulty.ts';

/** After this time a fault is off, whether it hit or not: it is forgotten more easily than it is wanted for longer. */
export const FAULT_FOR_MS = 10 * 60_000;

/** A fault that is in force. */
export interface ArmedFault extends FaultOrder {
  /** When it goes off by itself, in milliseconds since 1970. */
  readonly untilMs: number;
}

interface InForce {
  readonly fault: ArmedFault;
  readonly abort: AbortController;
  readonly timer: NodeJS.Timeout;
}

/** The one fault on purpose that a server may have in force. It is off by itself when it hit, or after a time. */
export class Faults {
  /** `changed`: another fault is armed, or none; `over`: the one request that a fault hit is no longer held up by it. */
  readonly events = new EventEmitter<{ changed: []; over: [] }>();
  #inForce: InForce | undefined;
  /** That hit the one request it was for, which may still be under way. */
  #spent: InForce | undefined;

  /** The fault in force. */
  get armed(): ArmedFault | undefined {
    return this.#inForce?.fault;
  }

  /** The fault in force, or else the one whose one request is under way. */
  get current(): ArmedFault | undefined {
    return this.#inForce?.fault ?? this.#spent?.fault;
  }

  /** Puts a fault in force, in the place of another one. */
  arm(order: FaultOrder): void {
    this.#end();
    const timer = setTimeout(() => this.disarm(), FAULT_FOR_MS).unref();
    const fault = { ...order, untilMs: Date.now() + FAULT_FOR_MS };
    this.#inForce = { fault, abort: new AbortController(), timer };
    this.events.emit('changed');
  }

  /** Takes it off; what it holds up goes on. */
  disarm(): void {
    const wasArmed = this.#inForce !== undefined;
    const wasMet = this.#spent !== undefined;
    this.#end();
    if (wasArmed) this.events.emit('changed');
    if (wasMet) this.events.emit('over');
  }

  /** The fault that an image for `client` meets. */
  meet(client: string): MetFault | undefined {
    if (this.#inForce === undefined) return undefined;
    const { fault, abort } = this.#inForce;
    const met = { fault: fault.fault, over: abort.signal };
    if (fault.client !== undefined) {
      if (plainAddress(client) !== plainAddress(fault.client)) return undefined;
      if (fault.once !== true) return met;
    }
    // its timer goes on: nobody is held up for longer
    this.#spent = { ...this.#inForce, fault: { ...fault, client: plainAddress(client) } };
    this.#inForce = undefined;
    this.events.emit('changed');
    return met;
  }

  /** Notes that a request ended which had met a fault. */
  leave({ over }: MetFault): void {
    if (this.#spent?.abort.signal !== over) return;
    clearTimeout(this.#spent.timer);
    this.#spent = undefined;
    this.events.emit('over');
  }

  #end(): void {
    for (const ended of [this.#inForce, this.#spent]) {
      clearTimeout(ended?.timer);
      ended?.abort.abort();
    }
    this.#inForce = undefined;
    this.#spent = undefined;
  }
}
