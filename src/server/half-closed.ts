import type { ServerResponse } from 'node:http';
import { PROBE_AFTER_MS, RESET_WAIT_MS } from './limits.ts';

/**
 * Finds out whether a client that closes its half while it waits for its answer is still there, until the answer is
 * called. To one that is, 102 means nothing (RFC 9110, section 15.2); one that is gone answers it with a reset, which the
 * next write meets, and `response` is closed. HTTP/1.0 knows no such status: there its turn tells.
 */
export function probeHalfClosed(response: ServerResponse): () => void {
  const { req, socket } = response;
  if (socket === null || req.httpVersion === '1.0') return () => {};
  let timer: NodeJS.Timeout | undefined;
  const probe = () => {
    response.writeProcessing();
    timer = setTimeout(probe, timer === undefined ? RESET_WAIT_MS : PROBE_AFTER_MS);
  };
  if (socket.readableEnded) probe();
  else socket.once('end', probe);
  return () => {
    clearTimeout(timer);
    socket.off('end', probe);
  };
}
