import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { systemErrorCode } from '../errors.ts';
import { clientAddress } from './admission/client-address.ts';
import type { Networks } from './admission/networks.ts';
import { withoutPassword } from './admission/password-mask.ts';
import { bodyBytes } from './decision/answer.ts';
import type { Asked } from './decision/asked.ts';
import { type Decision, type Found, refuse } from './decision/decision.ts';
import { Faults } from './faults.ts';
import { FULL_RETRY_AFTER_SECONDS } from './limits.ts';
import type { Refusal } from './refusal.ts';
import type { Received } from './sending/delivery.ts';
import type { MetFault } from './sending/faulty.ts';
import type { Sender } from './sending/sender.ts';
import type { Sent } from './sending/sent.ts';
import type { Turns } from './sending/turns.ts';
import type { ServerEvents } from './server-events.ts';
import type { BreakReason, Transfer } from './transfer.ts';
import { TransferRecord } from './transfer-record.ts';
import { waitForTurn } from './wait-for-turn.ts';

/** Finds the answer to a request. It may be called again after the request has waited for its turn. */
export type Decide = (transfer: Transfer) => Promise<Decision>;

/** Carries requests from arrival to end, and tells its listeners. */
export class Exchanges {
  readonly events = new EventEmitter<ServerEvents>();
  readonly faults = new Faults();
  readonly #sender: Sender;
  readonly #proxies: Networks;
  readonly #turns: Turns;
  readonly #running = new Map<TransferRecord, Socket>();
  /** Transfers whose connections this class ended, and why. */
  readonly #cutOff = new WeakMap<Transfer, BreakReason>();
  /** Connections that close with the end of their last transfer. */
  readonly #closing = new WeakSet<Socket>();
  readonly #unsettled = new Set<Promise<void>>();
  #lastId = 0;

  /** `proxies` are believed about the client's address. Archives are sent when `turns` lets them. */
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

  /** Closes a connection at once. A transfer running on it breaks off for that reason. */
  cut(socket: Socket, reason: BreakReason): void {
    for (const [transfer, of] of this.#running) if (of === socket) this.#cutOff.set(transfer, reason);
    socket.destroy();
  }

  /** Closes a connection when what runs on it has ended. */
  closeAfter(socket: Socket): void {
    this.#closing.add(socket);
  }

  /** Closes all connections on which requests are being answered, because the server stops. */
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

  /** Finds the answer to an admitted request by `decide`, and sends it. */
  answer(request: IncomingMessage, response: ServerResponse, decide: Decide): Promise<void> {
    const exchange = this.#answer(request, response, decide)
      .catch((bug: unknown) => this.report(bug))
      .finally(() => this.#unsettled.delete(exchange));
    this.#unsettled.add(exchange);
    return exchange;
  }

  /** Answers a request that was turned away. */
  turnAway(request: IncomingMessage, response: ServerResponse, decision: Decision): void {
    void this.#send(this.#begin(request, decision.asked), response, decision);
  }

  /** Repeats the answer that the same request got a moment ago, without looking anything up. */
  repeat(request: IncomingMessage, response: ServerResponse, decision: Decision): void {
    const transfer = this.#begin(request, decision.asked);
    note(transfer, decision);
    transfer.isRepeat = true;
    this.#tell('accepted', transfer);
    void this.#send(transfer, response, decision);
  }

  /** Settles when all requests so far have ended and their files are closed. */
  async settled(): Promise<void> {
    await Promise.all(this.#unsettled);
  }

  /** Reports a bug. Without a listener, it is left to the process. */
  report(bug: unknown): void {
    if (!this.events.emit('bug', bug)) void Promise.reject(bug);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, decide: Decide): Promise<void> {
    const transfer = this.#begin(request);
    this.#tell('accepted', transfer);
    this.#tell('asked', transfer);
    const decision = await this.#decision(transfer, decide);
    if (transfer.method === 'HEAD' || decision.answer.body.kind !== 'archive') {
      await this.#sent(transfer, response, decision);
    } else {
      await this.#sendInTurn(transfer, response, decision, decide);
    }
  }

  /**
   * Sends an archive when it is its turn. If that was not at once, the answer is decided again, so that the newest
   * build is sent.
   */
  async #sendInTurn(
    transfer: TransferRecord,
    response: ServerResponse,
    decision: Decision,
    decide: Decide,
  ): Promise<void> {
    if (!this.#turns.take()) {
      await this.#close(decision); // a thousand may wait, and what they would get may be replaced
      // a turn that was given back meanwhile woke nobody
      const end = this.#turns.take()
        ? 'turn'
        : await waitForTurn(this.#turns, transfer, response, () => this.#tell('waiting', transfer));
      switch (end) {
        case 'left':
          this.#break(transfer, 'client closed');
          return;
        case 'full':
          return this.#sent(transfer, response, this.#noPlace(decision));
        case 'stopping':
          return this.#sent(transfer, response, refuse(decision, { kind: 'stopping' }, ['Connection', 'close']));
        case 'turn':
          decision = await this.#decision(transfer, decide);
      }
    }
    try {
      await this.#sent(transfer, response, decision);
    } finally {
      this.#turns.giveBack();
    }
  }

  #noPlace(found: Found): Decision {
    const transfers = this.#turns.most;
    return refuse(found, { kind: 'full', transfers }, ['Retry-After', String(FULL_RETRY_AFTER_SECONDS)]);
  }

  /** Sends what was decided, and closes what that held open. */
  async #sent(transfer: TransferRecord, response: ServerResponse, decision: Decision): Promise<void> {
    await this.#send(transfer, response, decision);
    await this.#close(decision);
  }

  /** Closes what a decision holds open. */
  async #close(decision: Decision): Promise<void> {
    try {
      await decision[Symbol.asyncDispose]();
    } catch (error) {
      // a file that fails to close, as on NFS, was only read: nothing is lost
      if (systemErrorCode(error) === undefined) this.report(error);
    }
  }

  /** `asked`: what it asks for, where that is not what its target says. */
  #begin(request: IncomingMessage, asked?: Asked): TransferRecord {
    const { method = '', url = '', socket, rawHeaders } = request;
    const client = clientAddress(request, this.#proxies);
    const transfer = new TransferRecord(++this.#lastId, client, method, withoutPassword(url), rawHeaders, asked);
    this.#running.set(transfer, socket);
    return transfer;
  }

  /** Sends what was decided. Whatever is met on the way, the transfer has ended then. */
  async #send(transfer: TransferRecord, response: ServerResponse, decided: Decision): Promise<void> {
    const met = this.#metBy(transfer, decided);
    const decision = met?.fault.kind === 'status' ? refuse(decided, { ...met.fault, kind: 'fault' }) : decided;
    const { answer } = decision;
    transfer.status = answer.status;
    transfer.totalBytes = transfer.method === 'HEAD' ? 0 : bodyBytes(answer);
    this.#tell('answering', transfer);
    try {
      const onProgress = ({ bytes, stalledSinceMs }: Received) => {
        transfer.sentBytes = bytes;
        transfer.stalledSinceMs = stalledSinceMs;
      };
      const sent = await this.#sender.send(response, answer, transfer.client, onProgress, met);
      this.#end(transfer, decision, sent);
    } catch (error) {
      this.report(error);
      this.#break(transfer, 'internal error');
    } finally {
      if (met !== undefined) this.faults.leave(met);
    }
  }

  /** The fault on purpose that a transfer meets: only one that would get an image meets any. */
  #metBy(transfer: TransferRecord, { answer }: Decision): MetFault | undefined {
    if (answer.body.kind !== 'archive' || transfer.method === 'HEAD') return undefined;
    const met = this.faults.meet(transfer.client);
    transfer.fault = met?.fault;
    return met;
  }

  #break(transfer: TransferRecord, reason: BreakReason, code?: string): void {
    this.#leave(transfer);
    const why = this.#cutOff.get(transfer) ?? reason;
    transfer.end({ kind: 'broken', reason: why, ...(code === undefined ? {} : { code }) });
    this.#tell('broken', transfer);
  }

  #leave(transfer: TransferRecord): void {
    const socket = this.#running.get(transfer);
    this.#running.delete(transfer);
    if (socket !== undefined && this.#closing.has(socket) && !this.busySockets.has(socket)) socket.destroySoon();
  }

  #end(transfer: TransferRecord, decision: Decision, sent: Sent): void {
    if (sent.kind === 'broken') {
      if (sent.reason === 'image wrong') this.#spoil(transfer, sent.objection);
      else this.#break(transfer, sent.reason, sent.code);
      return;
    }
    this.#leave(transfer);
    transfer.sentBytes = transfer.totalBytes;
    if ('refusal' in decision) {
      transfer.end({ kind: 'refused', refusal: decision.refusal });
      this.#tell('refused', transfer);
    } else {
      transfer.end({ kind: 'finished', result: transfer.method === 'HEAD' ? 'head' : decision.result });
      this.#tell('finished', transfer);
    }
  }

  /** Ends a transfer whose image must not be served: its check may be the first to meet a write, or a disk error. */
  #spoil(transfer: TransferRecord, objection: Refusal): void {
    transfer.objection = objection;
    if (objection.kind === 'being written') this.#break(transfer, 'image changed');
    else if (objection.kind === 'unchecked') this.#break(transfer, 'image unreadable', objection.code);
    else this.#break(transfer, 'image wrong');
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

  /** What `decide` comes to, noted. That it can't read something is a refusal, too; anything else is a bug, and told as one. */
  async #decision(transfer: TransferRecord, decide: Decide): Promise<Decision> {
    const decision = await this.#orFailure(transfer, decide);
    note(transfer, decision);
    const { body } = decision.answer;
    // a check may fail before the sender waits for it, and after HEAD nobody does
    if (body.kind === 'archive') body.approval?.catch((bug: unknown) => this.report(bug));
    return decision;
  }

  async #orFailure(transfer: Transfer, decide: Decide): Promise<Decision> {
    try {
      return await decide(transfer);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== undefined) return refuse(transfer, { kind: 'unreadable', code });
      this.report(error);
      return refuse(transfer, { kind: 'internal error' });
    }
  }
}

/** Notes what was found of a request. */
function note(transfer: TransferRecord, { asked, resolution, servedBuildId }: Found): void {
  transfer.asked = asked;
  transfer.resolution = resolution;
  transfer.servedBuildId = servedBuildId;
}
