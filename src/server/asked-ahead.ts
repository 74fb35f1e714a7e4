import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { parseTarget } from './decision/asked.ts';
import type { Exchanges } from './exchanges.ts';
import { MOST_ASKED_AHEAD } from './limits.ts';

/**
 * What comes on a connection before the request before it is answered. Further requests (RFC 9112, section 9.3.2) could
 * each hold a file open, so they are dropped, as is what is no HTTP; the connection ends with the answer that is under way.
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
    if (!request.readableEnded) request.resume(); // an unread body would keep the client's end from being seen
    if (response.socket !== null) {
      this.#answering.set(socket, response);
      return false;
    }
    const first = this.#answering.get(socket);
    if (first === undefined) this.#exchanges.cut(socket, 'asked ahead');
    else this.#drop(first, socket);
    return true;
  }

  /** Drops what came on `socket` and is no HTTP, where an answer is under way; returns whether one is. */
  dropMalformed(socket: Socket): boolean {
    const first = this.#answering.get(socket);
    if (first === undefined || !this.#isUnderWay(first, socket)) return false;
    this.#drop(first, socket);
    return true;
  }

  #drop(first: ServerResponse, socket: Socket): void {
    const count = (this.#dropped.get(socket) ?? 0) + 1;
    this.#dropped.set(socket, count);
    if (count > MOST_ASKED_AHEAD) this.#exchanges.cut(socket, 'asked ahead');
    else if (count === 1) this.#endWith(first, socket);
  }

  #endWith(first: ServerResponse, socket: Socket): void {
    if (!first.headersSent) first.shouldKeepAlive = false;
    if (this.#isExchange(first, socket)) this.#exchanges.closeAfter(socket);
    else first.once('close', () => socket.destroySoon());
  }

  /** Whether the client may not have all of `first` yet: of an exchange, that is known at its end only. */
  #isUnderWay(first: ServerResponse, socket: Socket): boolean {
    return this.#isExchange(first, socket) || !(first.writableFinished || first.destroyed);
  }

  /** A page is no exchange: what is busy beside one is the exchange before it. */
  #isExchange({ req }: ServerResponse, socket: Socket): boolean {
    return parseTarget(req.url ?? '').kind !== 'other' && this.#exchanges.busySockets.has(socket);
  }
}
