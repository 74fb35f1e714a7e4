import type { BoardRegistry } from '../boards/board-registry.ts';
import { Networks } from '../server/networks.ts';
import type { UpdateServer, UpdateServerOptions } from '../server/update-server.ts';
import { StatusPages, type StatusParts } from '../status/status-pages.ts';

/** What a server is given and watched by, so that its boards are known, and shown on the status page to this machine. */
export class ServerWatch {
  readonly #boards: BoardRegistry;
  readonly #pages: StatusPages;

  constructor(parts: Omit<StatusParts, 'allowed'> & { readonly boards: BoardRegistry }) {
    this.#boards = parts.boards;
    this.#pages = new StatusPages({ ...parts, allowed: new Networks([]) });
  }

  /** What the server is to be started with. */
  get options(): Pick<UpdateServerOptions, 'isHeld' | 'pages'> {
    return { isHeld: (client, asked) => this.#boards.isHeld(client, asked), pages: this.#pages.add };
  }

  /** Watches a server that was started with the options, until it has stopped. */
  watch(server: UpdateServer): void {
    const unwatch = this.#boards.watch(server);
    this.#pages.watch(server);
    void server.stopped.then(() => {
      unwatch();
      this.#pages.close();
    });
  }
}
