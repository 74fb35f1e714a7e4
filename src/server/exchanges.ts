import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { systemErrorCode } from '../errors.ts';
import { bodyBytes } from './answer.ts';
import { clientAddress } from './client-address.ts';
import { type Decision, refuse } from './decide.ts';
import { FULL_RETRY_AFTER_SECONDS, PROBE_AFTER_MS } from './limits.ts';
import type { Networks } from './networks.ts';
import { withoutPassword } from './password-mask.ts';
import type { Sender, Sent } from './send.ts';
import type { ServerEvents } from './server-events.ts';
import { type BreakReason, Transfer } from './transfer.ts';
import type { Turns, WaitEnd } from './turns.ts';
import type { UpToDate } from './up-to-date-memory.ts';

/** Carries requests from their arrival to their end, and tells whoever watches. */
export class Exchanges {
  readonly events = new EventEmitter<ServerEvents>();
  readonly #sender: Sender;
  readonly #proxies: Networks;
  readonly #turns: Turns;
  readonly #running = new Map<Transfer, Socket>();
  /** Those whose connections were ended here, and why. */
  readonly #cutOff = new WeakMap<Transfer, BreakReason>();
  readonly #unsettled = new Set<Promise<void>>();
  #lastId = 0;

  /** `proxies`: those whose word on the client's address is believed. Archives are sent when `turns` lets them. */
  constructor(sender: Sender, turns: Turns, proxies: Networks) {
    this.#sender = sender;
    this.#turns = turns;
    this.#proxies = proxies;
  }

  /** The transfers that have not ended, oldest first. */
  get running(): ReadonlySet<Transfer> {
    return new Set(this.#running.keys());
  }

  /** The connections on which requests are being answered. */
  get busySockets(): ReadonlySet<Socket> {
    return new Set(this.#running.values());
  }

  /** Ends a connection to make room for another. What is being answered on it is broken off for that reason. */
  giveWay(socket: Socket): void {
    for (const [transfer, of] of this.#running) if (of === socket) this.#cutOff.set(transfer, 'gave way');
    socket.destroy();
  }

  /** Ends all connections on which requests are being answered: the server is stopped. */
  cutOff(): void {
    for (const [transfer, socket] of this.#running) {
      this.#cutOff.set(transfer, 'stopped');
      socket.destroy();
    }
  }

  /** The ID of the newest transfer. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Has `decide` find the answer to a request that was let in, and sends it. */
  answer(http: HttpBindings, decide: (transfer: Transfer) => Decision | Promise<Decision>): Promise<void> {
    const exchange = this.#answer(http, decide).finally(() => this.#unsettled.delete(exchange));
    this.#unsettled.add(exchange);
    return exchange;
  }

  /**
   * Answers a request whose answer needs no search: one turned away, of which it may be told what it asked for, or one
   * known to be up to date.
   */
  answerAtOnce(
    request: IncomingMessage,
    response: ServerResponse,
    decision: Decision,
    known?: UpToDate | Pick<UpToDate, 'asked'>,
  ): void {
    const transfer = this.#begin(request);
    if (known !== undefined) transfer.asked = known.asked;
    if (known !== undefined && 'resolution' in known) {
      transfer.resolution = known.resolution;
      transfer.servedBuildId = known.asked.buildId;
      transfer.isRepeat = true;
    }
    if ('result' in decision) this.events.emit('accepted', transfer);
    this.#send(transfer, response, decision, () => {});
  }

  /** Settles when all requests that came so far have ended, and their files are closed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#unsettled); // a file that fails to close, as on NFS, keeps nobody from stopping
  }

  async #answer(http: HttpBindings, decide: (transfer: Transfer) => Decision | Promise<Decision>): Promise<void> {
    const transfer = this.#begin(http.incoming);
    this.events.emit('accepted', transfer);
    const decision = await orUnreadable(() => {
      const deciding = decide(transfer); // what is asked for is noted before anything is waited for
      this.events.emit('asked', transfer);
      return deciding;
    });
    if (transfer.method === 'HEAD' || decision.answer.body.kind !== 'archive') {
      await this.#sent(transfer, http.outgoing, decision);
    } else {
      await this.#sendInTurn(transfer, http.outgoing, decision, () => orUnreadable(() => decide(transfer)));
    }
  }

  /** Sends an archive when it is its turn. If that was not at once, the newest build then: what to answer is decided anew. */
  async #sendInTurn(
    transfer: Transfer,
    response: ServerResponse,
    decision: Decision,
    decideAnew: () => Promise<Decision>,
  ): Promise<void> {
    if (!this.#turns.take()) {
      await decision.set?.close(); // a thousand may wait, and what they would get may be replaced
      // a turn that was given back meanwhile woke nobody
      const end = this.#turns.take() ? 'turn' : await this.#waited(transfer, response);
      switch (end) {
        case 'left':
          this.#break(transfer, 'client closed');
          return;
        case 'full':
          return this.#sent(transfer, response, this.#noPlace());
        case 'stopping':
          return this.#sent(transfer, response, refuse({ kind: 'stopping' }, ['Connection', 'close']));
        case 'turn':
          decision = await decideAnew();
      }
    }
    try {
      await this.#sent(transfer, response, decision);
    } finally {
      this.#turns.giveBack();
    }
  }

  /** Waits until it is the transfer's turn, or until that will not be. */
  #waited(transfer: Transfer, response: ServerResponse): Promise<WaitEnd | 'left'> {
    if (response.destroyed) return Promise.resolve('left');
    return new Promise((resolve) => {
      const settle = (end: WaitEnd | 'left') => {
        response.off('close', onLeft);
        transfer.goOn();
        resolve(end);
      };
      const place = this.#turns.wait(transfer.client, settle);
      if (typeof place === 'string') return resolve(place);
      const onLeft = () => {
        place.leave();
        settle('left');
      };
      response.once('close', onLeft);
      response.socket?.setKeepAlive(true, PROBE_AFTER_MS);
      transfer.wait(place);
      this.events.emit('waiting', transfer);
    });
  }

  #noPlace(): Decision {
    const transfers = this.#turns.most;
    return refuse({ kind: 'full', transfers }, ['Retry-After', String(FULL_RETRY_AFTER_SECONDS)]);
  }

  /** Sends what was decided, and closes what that held open. */
  async #sent(transfer: Transfer, response: ServerResponse, decision: Decision): Promise<void> {
    try {
      await new Promise<void>((resolve) => this.#send(transfer, response, decision, resolve));
    } finally {
      await decision.set?.close();
    }
  }

  #begin(request: IncomingMessage): Transfer {
    const { method = '', url = '', socket, rawHeaders } = request;
    const client = clientAddress(request, this.#proxies);
    const transfer = new Transfer(++this.#lastId, client, method, withoutPassword(url), rawHeaders);
    this.#running.set(transfer, socket);
    return transfer;
  }

  #send(transfer: Transfer, response: ServerResponse, decision: Decision, onEnd: () => void): void {
    const { answer } = decision;
    transfer.status = answer.status;
    transfer.totalBytes = transfer.method === 'HEAD' ? 0 : bodyBytes(answer);
    this.events.emit('answering', transfer);
    const onBytes = (count: number) => {
      transfer.sentBytes += count;
    };
    this.#sender.send(response, answer, transfer.client, onBytes, (sent) => {
      this.#end(transfer, decision, sent);
      onEnd();
    });
  }

  #break(transfer: Transfer, reason: BreakReason): void {
    this.#running.delete(transfer);
    transfer.end({ kind: 'broken', reason: this.#cutOff.get(transfer) ?? reason });
    this.events.emit('broken', transfer);
  }

  #end(transfer: Transfer, decision: Decision, sent: Sent): void {
    if (sent.kind === 'broken') {
      this.#break(transfer, sent.reason);
      return;
    }
    this.#running.delete(transfer);
    if ('refusal' in decision) {
      transfer.end({ kind: 'refused', refusal: decision.refusal });
      this.events.emit('refused', transfer);
    } else {
      transfer.end({ kind: 'finished', result: transfer.method === 'HEAD' ? 'head' : decision.result });
      this.events.emit('finished', transfer);
    }
  }
}

/** What `decide` answers; what it can't read is a refusal, too. */
async function orUnreadable(decide: () => Decision | Promise<Decision>): Promise<Decision> {
  try {
    return await decide();
  } catch (error) {
    return refuse({ kind: 'unreadable', code: systemErrorCode(error) ?? 'internal error' });
  }
}
