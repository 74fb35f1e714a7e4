import type { Transfer } from '../server/transfer.ts';

/** How far a transfer is. */
export interface Progress {
  readonly sentBytes: number;
  /** Of this answer: for a resumed download, what was left. */
  readonly totalBytes: number;
  /** The average since the request came, without the time in the queue; 0 before the first byte. */
  readonly bytesPerSecond: number;
  /** Milliseconds left at that rate; undefined before the first byte, while it is stalled, and when it has ended. */
  readonly leftMs: number | undefined;
  /** Milliseconds since the client last acknowledged something; undefined while it does. */
  readonly stalledMs: number | undefined;
}

/** How far `transfer` is: its counters, and what follows from them. */
export function progressOf({ sentBytes, totalBytes, answeringMs, stalledMs, state }: Transfer): Progress {
  const bytesPerSecond = answeringMs > 0 ? (sentBytes / answeringMs) * 1000 : 0;
  const canTell = state.kind === 'running' && bytesPerSecond > 0 && stalledMs === undefined;
  const leftMs = canTell ? (Math.max(0, totalBytes - sentBytes) / bytesPerSecond) * 1000 : undefined;
  return { sentBytes, totalBytes, bytesPerSecond, leftMs, stalledMs };
}
