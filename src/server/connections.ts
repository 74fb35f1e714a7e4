import type { Socket } from 'node:net';

/**
 * Destroys the connections of a server (`open`, as it accepted them) but those over which requests are being answered
 * (`busy`, as requests have them). Node's own idea of an idle connection leaves out those that sent nothing yet, or half
 * a request, or half a TLS handshake.
 */
export function destroyIdle(open: Iterable<Socket>, busy: ReadonlySet<Socket>): void {
  // Under TLS a request's socket is another one than the connection's: both have the same other end.
  const busyEnds = new Set(Array.from(busy, otherEnd));
  for (const socket of open) {
    if (!busy.has(socket) && !busyEnds.has(otherEnd(socket))) socket.destroy();
  }
}

/** The address and port of the client; a socket without any (Unix domain) is told by itself. */
function otherEnd(socket: Socket): unknown {
  const { remoteAddress, remotePort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort}`;
}
