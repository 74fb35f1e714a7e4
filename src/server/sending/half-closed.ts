import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PROBE_AFTER_MS, RESET_WAIT_MS } from '../limits.ts';

/**
 * Finds out whether a client that closes its half while it waits for its answer is still there; the returned function
 * ends that. A client that is there ignores 102 (RFC 9110, section 15.2); one that is gone answers with a reset, which
 * the next write meets, and `response` is closed. HTTP/1.0 has no such status: there the answer itself tells.
 */
export function probeHalfClosed(response: ServerResponse): () => void {
  const { req, socket } = response;
  if (socket === null || req.httpVersion === '1.0') return () => {};
  return whileHalfClosed(socket, () => response.writeProcessing());
}

/**
 * Calls `probe`, which writes something, once the client has closed its half: at once, again when a client that is gone
 * would have answered with a reset, and then every half minute. `probes` is how often it was called before. The
 * returned function stops it.
 */
export function whileHalfClosed(socket: Socket, probe: () => void, probes = 0): () => void {
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    timer = setTimeout(() => {
      probes++;
      next();
      probe();
    }, pauseMs(probes));
  };
  if (socket.readableEnded) next();
  else socket.once('end', next);
  return () => {
    clearTimeout(timer);
    socket.off('end', next);
  };
}

function pauseMs(probes: number): number {
  if (probes === 0) return 0;
  return probes === 1 ? RESET_WAIT_MS : PROBE_AFTER_MS;
}
