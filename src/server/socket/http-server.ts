import { createServer, type Server, type ServerOptions } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { plainAddress } from '../admission/networks.ts';
import * as limits from '../limits.ts';
import { handshakeFailure } from './handshake-failure.ts';
import { refuseConnect, refuseMalformed } from './malformed.ts';
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

/**
 * Node's server, with our time-outs and answers to what is no request; it speaks HTTPS where it is given `tls`.
 * `isBusy`: whether a request is being answered on a connection. `onHandshakeFailed`: told why a client got no TLS
 * connection, a line of English.
 */
export function createHttpServer(
  tls: TlsPair | undefined,
  isBusy: (socket: Socket) => boolean,
  onHandshakeFailed: (text: string) => void = () => {},
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
  server.on('clientError', (error: Error, socket: Socket) => refuseMalformed(error, socket, isBusy(socket)));
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    const failure = handshakeFailure(error, socket.remoteAddress && plainAddress(socket.remoteAddress));
    if (failure !== undefined) onHandshakeFailed(failure);
  });
  server.on('connect', ({ socket }) => refuseConnect(socket));
  return server;
}
