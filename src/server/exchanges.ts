import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { systemErrorCode } from '../errors.ts';
import { bodyBytes } from './answer.ts';
import { clientAddress } from './client-address.ts';
import { type Decision, refuse } from './decide.ts';
import { probeHalfClosed } from './half-closed.ts';
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
    const exchange = this.#answer(http, decide)
      .catch((bug: unknown) => this.report(bug))
      .finally(() => this.#unsettled.delete(exchange));
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
    if ('result' in decision) this.#tell('accepted', transfer);
    void this.#send(transfer, response, decision);
  }

  /** Settles when all requests that came so far have ended, and their files are closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#unsettled);
  }

  /** Tells of a bug. What nobody listens for is left to the process. */
  report(bug: unknown): void {
    if (!this.events.emit('bug', bug)) void Promise.reject(bug);
  }

  async #answer(http: HttpBindings, decide: (transfer: Transfer) => Decision | Promise<Decision>): Promise<void> {
    const transfer = this.#begin(http.incoming);
    this.#tell('accepted', transfer);
    const decision = await this.#orFailure(() => {
      const deciding = decide(transfer); // what is asked for is noted before anything is waited for
      this.#tell('asked', transfer);
      return deciding;
    });
    if (transfer.method === 'HEAD' || decision.answer.body.kind !== 'archive') {
      await this.#sent(transfer, http.outgoing, decision);
    } else {
      await this.#sendInTurn(transfer, http.outgoing, decision, () => this.#orFailure(() => decide(transfer)));
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
      await this.#close(decision); // a thousand may wait, and what they would get may be replaced
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
        stopProbing();
        transfer.goOn();
        resolve(end);
      };
      let stopProbing = () => {};
      const place = this.#turns.wait(transfer.client, settle);
      if (typeof place === 'string') return resolve(place);
      const onLeft = () => {
        place.leave();
        settle('left');
      };
      response.once('close', onLeft);
      response.socket?.setKeepAlive(true, PROBE_AFTER_MS);
      stopProbing = probeHalfClosed(response);
      transfer.wait(place);
      this.#tell('waiting', transfer);
    });
  }

  #noPlace(): Decision {
    const transfers = this.#turns.most;
    return refuse({ kind: 'full', transfers }, ['Retry-After', String(FULL_RETRY_AFTER_SECONDS)]);
  }

  /** Sends what was decided, and closes what that held open. */
  async #sent(transfer: Transfer, response: ServerResponse, decision: Decision): Promise<void> {
    await this.#send(transfer, response, decision);
    await this.#close(decision);
  }

  /** Closes what a decision holds open. */
  async #close({ set }: Decision): Promise<void> {
    try {
      await set?.close();
    } catch (error) {
      // a file that fails to close, as on NFS, was only read: nothing is lost
      if (systemErrorCode(error) === undefined) this.report(error);
    }
  }

  #begin(request: IncomingMessage): Transfer {
    const { method = '', url = '', socket, rawHeaders } = request;
    const client = clientAddress(request, this.#proxies);
    const transfer = new Transfer(++this.#lastId, client, method, withoutPassword(url), rawHeaders);
    this.#running.set(transfer, socket);
    return transfer;
  }

  /** Sends what was decided. Whatever is met on the way, the transfer has ended then. */
  async #send(transfer: Transfer, response: ServerResponse, decision: Decision): Promise<void> {
    const { answer } = decision;
    transfer.status = answer.status;
    transfer.totalBytes = transfer.method === 'HEAD' ? 0 : bodyBytes(answer);
    this.#tell('answering', transfer);
    try {
      const sent = await this.#sender.send(response, answer, transfer.client, ({ bytes, stalledSinceMs }) => {
        transfer.sentBytes = bytes;
        transfer.stalledSinceMs = stalledSinceMs;
      });
      this.#end(transfer, decision, sent);
    } catch (error) {
      this.report(error);
      this.#break(transfer, 'internal error');
    }
  }

  #break(transfer: Transfer, reason: BreakReason, code?: string): void {
    this.#running.delete(transfer);
    const why = this.#cutOff.get(transfer) ?? reason;
    transfer.end({ kind: 'broken', reason: why, ...(code === undefined ? {} : { code }) });
    this.#tell('broken', transfer);
  }

  #end(transfer: Transfer, decision: Decision, sent: Sent): void {
    if (sent.kind === 'broken') {
      // an image that was written to may be found out by its check first
      const hasChanged = sent.reason === 'image wrong' && transfer.objection?.kind === 'being written';
      this.#break(transfer, hasChanged ? 'image changed' : sent.reason, sent.code);
      return;
    }
    this.#running.delete(transfer);
    transfer.sentBytes = transfer.totalBytes;
    if ('refusal' in decision) {
      transfer.end({ kind: 'refused', refusal: decision.refusal });
      this.#tell('refused', transfer);
    } else {
      transfer.end({ kind: 'finished', result: transfer.method === 'HEAD' ? 'head' : decision.result });
      this.#tell('finished', transfer);
    }
  }

  /** Tells each who listens. What one of them throws is its bug, and disturbs neither the transfer nor the others. */
  #tell(event: Exclude<keyof ServerEvents, 'bug'>, transfer: Transfer): void {
    for (const listener of this.events.rawListeners(event)) {
      try {
        listener.call(this.events, transfer);
      } catch (error) {
        this.report(error);
      }
    }
  }

  /** What `decide` answers. That it can't read something is a refusal, too; anything else is a bug, and told as one. */
  async #orFailure(decide: () => Decision | Promise<Decision>): Promise<Decision> {
    try {
      return await decide();
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== undefined) return refuse({ kind: 'unreadable', code });
      this.report(error);
      return refuse({ kind: 'internal error' });
    }
  }
}
