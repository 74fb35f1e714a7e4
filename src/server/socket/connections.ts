import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { plainAddress } from '../admission/networks.ts';
import { whoGivesWay } from './crowding.ts';

/** Which connections without a running request stay open: none, or those that have not asked yet. */
export type Spared = 'none' | 'unasked';

/** How connections are judged, and closed. Sockets are those that requests have. */
export interface ConnectionsOptions {
  /** The most connections open at a time: with one more, one gives way; see `whoGivesWay`. */
  readonly most: number;
  /** The connections on which requests are being answered. */
  readonly busy: () => ReadonlySet<Socket>;
  /** Whether connections of that address never give way. */
  readonly isSpared: (address: string) => boolean;
  /** Closes a connection that gives way. */
  readonly giveWay: (socket: Socket) => void;
}

/**
 * The connections of a server, from when they are accepted. Node's own idle ones don't include those that have sent
 * nothing yet, or half a request, or half a TLS handshake.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  /**
   * Oldest first, by the sockets that were accepted: the sockets that requests have. Under TLS these are others, from
   * the end of the handshake on.
   */
  readonly #open = new Map<Socket, Socket>();
  /** The connections that have not asked yet. */
  readonly #unasked = new Set<Socket>();

  constructor(server: Server, options: ConnectionsOptions) {
    this.#options = options;
    server.on('connection', (accepted: Socket) => {
      this.#put(accepted, accepted);
      accepted.on('close', () => this.#remove(accepted));
      if (this.#open.size > options.most) this.#makeRoom(accepted);
    });
    server.on('secureConnection', (secured: Socket) => {
      const accepted = [...this.#unasked].find((socket) => otherEnd(socket) === otherEnd(secured));
      if (accepted !== undefined) this.#put(accepted, secured);
    });
  }

  /** Records that a request came on `socket`. */
  asked(socket: Socket): void {
    this.#unasked.delete(socket);
  }

  /** Destroys the connections without a running request, but for the spared ones. */
  destroyIdle(spared: Spared = 'none'): void {
    const busy = this.#options.busy();
    for (const socket of this.#open.values()) {
      const isSpared = busy.has(socket) || (spared === 'unasked' && this.#unasked.has(socket));
      if (!isSpared) socket.destroy();
    }
  }

  #put(accepted: Socket, socket: Socket): void {
    this.#unasked.delete(accepted);
    this.#unasked.add(socket);
    this.#open.set(accepted, socket);
  }

  #remove(accepted: Socket): void {
    this.#unasked.delete(this.#open.get(accepted) ?? accepted);
    this.#open.delete(accepted);
  }

  #makeRoom(newcomer: Socket): void {
    const { busy, isSpared, giveWay } = this.#options;
    const busySockets = busy();
    const crowd = {
      addressOf: (socket: Socket) => plainAddress(socket.remoteAddress ?? ''),
      isBusy: (socket: Socket) => busySockets.has(socket),
      isSpared,
    };
    giveWay(whoGivesWay(this.#open.values(), newcomer, crowd));
  }
}

/** The address and port of the client, which both sockets of a TLS connection have. */
function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
