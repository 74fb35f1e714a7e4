import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { systemErrorCode } from '../errors.ts';
import { bodyBytes } from './answer.ts';
import { clientAddress } from './client-address.ts';
import { type Decision, refuse } from './decide.ts';
import type { Networks } from './networks.ts';
import { withoutPassword } from './password-mask.ts';
import type { Sender, Sent } from './send.ts';
import type { ServerEvents } from './server-events.ts';
import { Transfer } from './transfer.ts';
import type { UpToDate } from './up-to-date-memory.ts';

/** Carries requests from their arrival to their end, and tells whoever watches. */
export class Exchanges {
  readonly events = new EventEmitter<ServerEvents>();
  readonly #sender: Sender;
  readonly #proxies: Networks;
  readonly #running = new Map<Transfer, Socket>();
  readonly #unsettled = new Set<Promise<void>>();
  #lastId = 0;

  /** `proxies`: those whose word on the client's address is believed. */
  constructor(sender: Sender, proxies: Networks) {
    this.#sender = sender;
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
    await Promise.all(this.#unsettled);
  }

  async #answer(http: HttpBindings, decide: (transfer: Transfer) => Decision | Promise<Decision>): Promise<void> {
    const transfer = this.#begin(http.incoming);
    this.events.emit('accepted', transfer);
    let decision: Decision;
    try {
      const deciding = decide(transfer); // what is asked for is noted before anything is waited for
      this.events.emit('asked', transfer);
      decision = await deciding;
    } catch (error) {
      decision = refuse({ kind: 'unreadable', code: systemErrorCode(error) ?? 'internal error' }, ['Retry-After', '5']);
    }
    try {
      await new Promise<void>((resolve) => this.#send(transfer, http.outgoing, decision, resolve));
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
    this.#sender.send(response, answer, onBytes, (sent) => {
      this.#end(transfer, decision, sent);
      onEnd();
    });
  }

  #end(transfer: Transfer, decision: Decision, sent: Sent): void {
    this.#running.delete(transfer);
    if (sent.kind === 'broken') {
      transfer.end({ kind: 'broken', reason: sent.reason });
      this.events.emit('broken', transfer);
    } else if ('refusal' in decision) {
      transfer.end({ kind: 'refused', refusal: decision.refusal });
      this.events.emit('refused', transfer);
    } else {
      transfer.end({ kind: 'finished', result: transfer.method === 'HEAD' ? 'head' : decision.result });
      this.events.emit('finished', transfer);
    }
  }
}
