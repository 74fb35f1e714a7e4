import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { parseTarget } from './decision/asked.ts';
import type { Exchanges } from './exchanges.ts';
import { MOST_ASKED_AHEAD } from './limits.ts';

/**
 * Requests that come on a connection before the one before them is answered (RFC 9112, section 9.3.2). Each could hold
 * a file open, so they are dropped, and the connection ends with the answer that is under way.
 */
export class AskedAhead {
  readonly #exchanges: Exchanges;
  readonly #answering = new WeakMap<Socket, ServerResponse>();
  readonly #dropped = new WeakMap<Socket, number>();

  constructor(exchanges: Exchanges) {
    this.#exchanges = exchanges;
  }

  /** Drops `request` where another one on its connection is unanswered; returns whether it did. */
  drop(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    if (response.socket !== null) {
      this.#answering.set(socket, response);
      return false;
    }
    const count = (this.#dropped.get(socket) ?? 0) + 1;
    this.#dropped.set(socket, count);
    request.resume(); // an unread body would keep the client's end from being seen
    const first = this.#answering.get(socket);
    if (first === undefined || count > MOST_ASKED_AHEAD) this.#exchanges.cut(socket, 'asked ahead');
    else if (count === 1) this.#endWith(first, socket);
    return true;
  }

  #endWith(first: ServerResponse, socket: Socket): void {
    if (!first.headersSent) first.shouldKeepAlive = false;
    // a page is no exchange: what is busy beside one is the exchange before it
    const isPage = parseTarget(first.req.url ?? '').kind === 'other';
    if (!isPage && this.#exchanges.busySockets.has(socket)) this.#exchanges.closeAfter(socket);
    else first.once('close', () => socket.destroySoon());
  }
}
