import { createServer, type Server, type ServerOptions } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { plainAddress } from '../admission/networks.ts';
import * as limits from '../limits.ts';
import { handshakeFailure } from './handshake-failure.ts';
import { refuseConnect, refuseMalformed } from './malformed.ts';
import { complaintOf } from './malformed-text.ts';
import type { TlsPair } from './tls-pair.ts';

const HTTP_OPTIONS: ServerOptions = {
  headersTimeout: limits.HEADERS_TIMEOUT_MS,
  requestTimeout: limits.HEADERS_TIMEOUT_MS,
  connectionsCheckingInterval: limits.CONNECTIONS_CHECK_INTERVAL_MS,
  keepAliveTimeout: limits.KEEP_ALIVE_TIMEOUT_MS,
  maxHeaderSize: limits.MAX_HEADER_BYTES,
  optimizeEmptyRequests: true, // a tenth of a small answer's time; Nodes that do not know it yet ignore it
  requireHostHeader: false, // the guard counts them, and says so in words
};

/** Told of connections that brought no request, with the reason as a line of English. */
export interface Complaints {
  /** Called when a client got no TLS connection, or began one where HTTP is spoken. */
  readonly onHandshakeFailed?: ((text: string) => void) | undefined;
  /** Called when a client sent what can't be read as HTTP. */
  readonly onMalformed?: ((text: string) => void) | undefined;
}

/**
 * Node's server, with our time-outs and answers to what is no request; it speaks HTTPS where it is given `tls`.
 * `dropMalformed`: drops what came on a connection and is no HTTP, where an answer is under way there; returns whether one is.
 */
export function createHttpServer(
  tls: TlsPair | undefined,
  dropMalformed: (socket: Socket) => boolean,
  { onHandshakeFailed, onMalformed }: Complaints,
): Server | HttpsServer {
  const server =
    tls === undefined
      ? createServer(HTTP_OPTIONS)
      : new HttpsServer({
          ...HTTP_OPTIONS,
          ...tls.secureOptions,
          allowHalfOpen: true,
          handshakeTimeout: limits.HANDSHAKE_TIMEOUT_MS,
        });
  // a client that closes its half has asked, and waits for its answer; one that is gone answers that with a reset
  Object.assign(server, { httpAllowHalfOpen: true });
  const complainedOf = new WeakSet<Socket>();
  server.maxHeadersCount = 0; // the guard counts them: older Nodes leave out those beyond a thousand, a proxy's, too
  server.on('clientError', (error: Error, socket: Socket) => {
    const complaint = socket.writable && !complainedOf.has(socket) ? complaintOf(error, clientOf(socket)) : undefined;
    const tell = complaint?.kind === 'handshake' ? onHandshakeFailed : onMalformed;
    if (complaint !== undefined) tell?.(complaint.text);
    complainedOf.add(socket);
    refuseMalformed(error, socket, dropMalformed);
  });
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    const failure = handshakeFailure(error, clientOf(socket));
    if (failure !== undefined) onHandshakeFailed?.(failure);
  });
  server.on('connect', ({ socket }) => refuseConnect(socket));
  return server;
}

function clientOf({ remoteAddress }: Socket): string | undefined {
  return remoteAddress && plainAddress(remoteAddress);
}
