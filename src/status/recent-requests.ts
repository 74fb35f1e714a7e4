import { refusalText } from '../server/refusal.ts';
import { faultForm } from '../server/sending/fault.ts';
import type { ServerEvents } from '../server/server-events.ts';
import type { Transfer, TransferResult } from '../server/transfer.ts';
import type { UpdateServer } from '../server/update-server.ts';

/** The number of requests shown to people. */
const MOST_KEPT = 50;

/** A request that ended. Times are milliseconds since 1970, sizes bytes. */
export interface RecentRequest {
  readonly atMs: number;
  readonly client: string;
  readonly method: string;
  readonly target: string;
  /** Whether someone tried what a board would get; absent otherwise. */
  readonly isTrial?: true;
  /** The fault on purpose that it met, as `--fault` has it; absent otherwise. */
  readonly fault?: string;
  readonly status: number;
  readonly sentBytes: number;
  readonly durationMs: number;
  /** Its outcome: a result, `broken off` or `refused`. */
  readonly outcome: string;
  /** Why it got nothing, in English; absent if it got what it asked for. */
  readonly reason?: string;
}

/** What a request that ended came to. */
type Outcome = TransferResult | 'broken off' | 'refused';

/** Every outcome before the first request: a counter that appears with its first count never rose, to Prometheus. */
const NONE_YET: Readonly<Record<Outcome, 0>> = {
  image: 0,
  part: 0,
  'up to date': 0,
  held: 0,
  'loop stopped': 0,
  'build missing': 0,
  'not its turn': 0,
  'not modified': 0,
  head: 0,
  list: 0,
  identity: 0,
  'broken off': 0,
  refused: 0,
};

/** The last finished requests, newest first, and the number of each outcome. */
export class RecentRequests {
  #ended: Transfer[] = [];
  readonly #counts = new Map<string, number>(Object.entries(NONE_YET));
  #sentBytes = 0;
  #faulty = 0;
  #refusedUpdates = 0;

  /** Follows a server's requests; the returned function stops that. */
  watch({ events }: Pick<UpdateServer, 'events'>): () => void {
    const onEnd = (transfer: Transfer) => this.#note(transfer);
    const ends: (keyof ServerEvents)[] = ['finished', 'broken', 'refused'];
    for (const end of ends) events.on(end, onEnd);
    return () => {
      for (const end of ends) events.off(end, onEnd);
    };
  }

  /** How many requests ended with each outcome; 0 for those that none ended with. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Body bytes that the network took, of all finished requests. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** How many requests met a fault on purpose. */
  get faulty(): number {
    return this.#faulty;
  }

  /** How many requests for an update were refused: those of boards, and not of a browser that asks without its password first. */
  get refusedUpdates(): number {
    return this.#refusedUpdates;
  }

  /** The last requests, newest first. */
  get list(): readonly RecentRequest[] {
    return this.#ended.slice(-MOST_KEPT).toReversed().map(describe);
  }

  #note(transfer: Transfer): void {
    const outcome = outcomeOf(transfer);
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    this.#sentBytes += transfer.sentBytes;
    if (transfer.fault !== undefined) this.#faulty++;
    if (outcome === 'refused' && transfer.asked.kind === 'update') this.#refusedUpdates++;
    this.#ended.push(transfer);
    // in one go, so that a flood of small requests does not move the list for each one
    if (this.#ended.length >= 2 * MOST_KEPT) this.#ended = this.#ended.slice(-MOST_KEPT);
  }
}

/** The outcome of a finished request. */
export function outcomeOf({ state }: Transfer): Outcome | 'running' {
  switch (state.kind) {
    case 'finished':
      return state.result;
    case 'broken':
      return 'broken off';
    case 'refused':
      return 'refused';
    case 'running':
      return 'running';
  }
}

function describe(transfer: Transfer): RecentRequest {
  const { startedAtMs, client, method, target, status, sentBytes, durationMs, state, objection } = transfer;
  const request = {
    atMs: startedAtMs,
    client,
    method,
    target,
    ...(transfer.isTrial && ({ isTrial: true } as const)),
    ...(transfer.fault && { fault: faultForm(transfer.fault) }),
    status,
    sentBytes,
    durationMs: Math.round(durationMs),
  };
  const outcome = outcomeOf(transfer);
  if (state.kind === 'refused') return { ...request, outcome, reason: refusalText(state.refusal) };
  if (state.kind !== 'broken') return { ...request, outcome };
  return { ...request, outcome, reason: objection === undefined ? state.reason : refusalText(objection) };
}
