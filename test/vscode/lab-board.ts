/** A board on the bench, by an address of its own: 127.0.0.2 is to the server another one than 127.0.0.3. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A timer is late by a millisecond or so: many short sleeps would make a link slower than it is. */
const SHORTEST_SLEEP_MS = 10;

/** How a board asks. */
export interface Asking {
  readonly port: number;
  readonly from: string;
  /** `name=…&board=…` */
  readonly query: string;
  readonly buildId: string;
  /** How fast its link is. */
  readonly bytesPerSecond?: number;
  /** Before so many bytes it is as fast as it can be, too. */
  readonly slowFrom?: number;
  /** From then on it is as fast as it can be. */
  readonly slowUntil?: Promise<void>;
  /** Aborting it is pulling its plug. */
  readonly signal?: AbortSignal;
}

/** Asks for an update, and takes all of the answer, or what came of it: its status, and how many bytes it had. */
export async function askForUpdate({
  port,
  from,
  query,
  buildId,
  bytesPerSecond = Number.POSITIVE_INFINITY,
  slowFrom = 0,
  slowUntil,
  signal,
}: Asking): Promise<{ status: number; bytes: number }> {
  const path = `/update?${query}&build_id=${buildId}`;
  const asked = request({ host: '127.0.0.1', port, path, localAddress: from, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let beganAt = performance.now();
  let bytes = 0;
  let isSlow = true;
  const fast = slowUntil?.then(() => {
    isSlow = false;
  });
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes < slowFrom) beganAt = performance.now();
    const aheadMs = beganAt + ((bytes - slowFrom) / bytesPerSecond) * 1000 - performance.now();
    if (isSlow && aheadMs > SHORTEST_SLEEP_MS)
      await Promise.race([sleep(aheadMs), ...(fast === undefined ? [] : [fast])]);
    if (signal?.aborted) break;
  }
  if (signal?.aborted) answer.socket.resetAndDestroy();
  return { status: answer.statusCode ?? 0, bytes };
}
