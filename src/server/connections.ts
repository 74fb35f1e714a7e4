import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Which connections without a running request stay open: none, or those on which nothing was asked yet. */
export type Spared = 'none' | 'unasked';

/**
 * The connections of a server, from when they are accepted. Node's own idea of an idle one leaves out those that sent
 * nothing yet, or half a request, or half a TLS handshake.
 */
export class Connections {
  /** As they were accepted, oldest first. */
  readonly #open = new Set<Socket>();
  /** On which nothing was asked yet: as requests will have them, or as accepted while their TLS handshake lasts. */
  readonly #unasked = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      this.#unasked.add(socket);
      socket.on('close', () => {
        this.#open.delete(socket);
        this.#unasked.delete(socket);
      });
    });
    server.on('secureConnection', (socket: Socket) => {
      for (const accepted of this.#unasked) if (isSameConnection(accepted, socket)) this.#unasked.delete(accepted);
      this.#unasked.add(socket);
      socket.on('close', () => this.#unasked.delete(socket));
    });
  }

  /** Takes word that a request came on `socket`. */
  asked(socket: Socket): void {
    this.#unasked.delete(socket);
  }

  /** Destroys those over which no request is being answered (`busy`, as requests have them), but the spared ones. */
  destroyIdle(busy: ReadonlySet<Socket>, spared: Spared = 'none'): void {
    const kept = new Set(busy);
    if (spared === 'unasked') for (const socket of this.#unasked) kept.add(socket);
    // Under TLS a request's socket is another one than the connection's: both have the same other end.
    const keptEnds = new Set(Array.from(kept, otherEnd));
    for (const socket of this.#open) {
      if (!kept.has(socket) && !keptEnds.has(otherEnd(socket))) socket.destroy();
    }
  }
}

function isSameConnection(one: Socket, other: Socket): boolean {
  return otherEnd(one) === otherEnd(other);
}

/** The address and port of the client; a socket without any (Unix domain) is told by itself. */
function otherEnd(socket: Socket): unknown {
  const { remoteAddress, remotePort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort}`;
}
