import type { Resolution } from '../images/resolution.ts';
import { isTrial } from '../trial/trial-agent.ts';
import { type Asked, parseTarget } from './decision/asked.ts';
import type { Refusal } from './refusal.ts';
import type { Fault } from './sending/fault.ts';
import type { WaitingPlace } from './sending/turns.ts';
import type { Transfer, TransferState } from './transfer.ts';

/** The writable transfer, for the code that carries it from arrival to end. */
export class TransferRecord implements Transfer {
  readonly id: number;
  readonly client: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly isTrial: boolean;
  readonly startedAtMs = Date.now();
  asked: Asked;
  resolution: Resolution | undefined;
  servedBuildId: string | undefined;
  objection: Refusal | undefined;
  isRepeat = false;
  fault: Fault | undefined;
  status = 0;
  totalBytes = 0;
  sentBytes = 0;
  /** Since when the client has acknowledged nothing, by `performance.now()`; undefined while it does. */
  stalledSinceMs: number | undefined;
  state: TransferState = { kind: 'running' };
  readonly #startedAt = performance.now();
  #endedAt: number | undefined;
  #waitedMs = 0;
  #waitsSince: number | undefined;

  /** Parses what it asks for from its `target` unless `asked` is given. */
  constructor(
    id: number,
    client: string,
    method: string,
    target: string,
    headers: readonly string[] = [],
    asked: Asked = parseTarget(target),
  ) {
    this.id = id;
    this.client = client;
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.isTrial = isTrial(headers);
    this.asked = asked;
  }

  get completesUpdate(): boolean {
    if (this.state.kind !== 'finished' || this.isTrial) return false;
    return this.state.result === 'image' || this.state.result === 'up to date';
  }

  get durationMs(): number {
    return (this.#endedAt ?? performance.now()) - this.#startedAt;
  }

  get waitedMs(): number {
    return this.#waitedMs + (this.#waitsSince === undefined ? 0 : performance.now() - this.#waitsSince);
  }

  get answeringMs(): number {
    return this.durationMs - this.waitedMs;
  }

  get stalledMs(): number | undefined {
    const { state, stalledSinceMs } = this;
    return state.kind === 'running' && stalledSinceMs !== undefined ? performance.now() - stalledSinceMs : undefined;
  }

  /** Records that it is queued. */
  wait(place: WaitingPlace): void {
    this.#waitsSince = performance.now();
    this.state = { kind: 'running', place };
  }

  /** Records that it is no longer queued. */
  goOn(): void {
    this.#waitedMs = this.waitedMs;
    this.#waitsSince = undefined;
    this.state = { kind: 'running' };
  }

  /** Puts the transfer in its final state. */
  end(state: Exclude<TransferState, { kind: 'running' }>): void {
    this.#endedAt = performance.now();
    this.state = state;
  }
}
