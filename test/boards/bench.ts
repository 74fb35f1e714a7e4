import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Board, BoardState } from '../../src/boards/board.ts';
import { BoardRegistry, type BoardRegistryOptions } from '../../src/boards/board-registry.ts';
import { Networks } from '../../src/server/admission/networks.ts';
import type { UpdateServerOptions } from '../../src/server/server-options.ts';
import { buildId, makeSet, startServer, type TestServer } from '../server/harness.ts';

/** A server with a registry that watches it, and a clock that can be put forward. */
export interface Bench extends AsyncDisposable {
  readonly server: TestServer;
  readonly registry: BoardRegistry;
  /** Events so far: `confirmed <address>`, `reflashing <address>`. */
  readonly events: readonly string[];
  /** Puts the registry's clock forward. */
  pass(ms: number): void;
  /** A request by a board, and what is left of it on the server. Answers its status, 0 where there is none. */
  boot(build: string | undefined, how?: Boot): Promise<number>;
  /** The only board there is. */
  board(): Board;
}

/** How a board asks, and what becomes of it. */
export interface Boot {
  /** Its address on this machine. */
  readonly from?: string;
  /** The address that a proxy says it has. */
  readonly as?: string;
  readonly query?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
  /** Its power goes when it took so many bytes. */
  readonly cutAt?: number;
  readonly bytesPerSecond?: number;
  /** It takes a few bytes and then nothing, until that settles; then it goes. */
  readonly hangs?: Promise<unknown>;
  /** The caller waits for the server. */
  readonly isOneOfMany?: boolean;
}

/** The build that is served by an unchanged bench. */
export const BUILD = buildId();
/** What boards run at first. */
export const OLD = buildId(7);

/** Starts a bench over `prepare`d images; over `box/box-pi` without it. What goes out at once is bounded by `flow`. */
export async function startBench(
  options: BoardRegistryOptions = {},
  prepare = (boxes: string): Promise<unknown> => makeSet(boxes, 'box', 'box-pi'),
  serverOptions: Partial<UpdateServerOptions> = {},
): Promise<Bench> {
  let passedMs = 0;
  const registry = await BoardRegistry.open({ now: () => Date.now() + passedMs, ...options });
  const server = await startServer(prepare, {
    assigner: registry.assigner,
    trustedProxies: new Networks(['127.0.0.1']),
    ...serverOptions,
  });
  registry.watch(server.server);
  const events: string[] = [];
  registry.events.on('confirmed', ({ address }) => events.push(`confirmed ${address}`));
  registry.events.on('reflashing', ({ board }) => events.push(`reflashing ${board.address}`));
  return {
    server,
    registry,
    events,
    pass: (ms) => {
      passedMs += ms;
    },
    async boot(build, how = {}) {
      const status = await ask(server, build, how);
      if (how.hangs === undefined && how.isOneOfMany !== true) await server.idle();
      return status;
    },
    board() {
      const [board, ...others] = registry.boards;
      if (board === undefined || others.length > 0) throw new Error(`${registry.boards.length} boards`);
      return board;
    },
    async [Symbol.asyncDispose]() {
      await registry.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function ask({ server }: TestServer, build: string | undefined, how: Boot): Promise<number> {
  const { from = '127.0.0.1', as, query = 'name=box&board=pi', headers = {}, method = 'GET' } = how;
  const target = how.path ?? `/update?${query}${build === undefined ? '' : `&build_id=${build}`}`;
  const asked = request({
    host: '127.0.0.1',
    port: server.address.port,
    path: target,
    localAddress: from,
    method,
    // As curl: it ends the connection itself, when it has everything.
    headers: { connection: 'keep-alive', ...headers, ...(as === undefined ? {} : { 'x-forwarded-for': as }) },
    agent: false,
  }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  await take(answer, how);
  return answer.statusCode ?? 0;
}

/** Reads an answer as fast as the link is, until its end or the board's. */
async function take(answer: IncomingMessage, { cutAt, bytesPerSecond, hangs }: Boot): Promise<void> {
  answer.on('error', () => {});
  let taken = 0;
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    taken += (chunk as Buffer).length;
    if (hangs !== undefined) {
      await hangs;
      break;
    }
    if (cutAt !== undefined && taken >= cutAt) break;
    if (bytesPerSecond !== undefined) await sleep(((chunk as Buffer).length / bytesPerSecond) * 1000);
  }
  if (cutAt !== undefined || hangs !== undefined) answer.socket.resetAndDestroy();
}

/** A state without its times. */
export function plain({ sinceMs: _, ...state }: BoardState): Omit<BoardState, 'sinceMs'> {
  return state;
}

/** A history in short: `<build> x<times>`, with a plus where it was confirmed. */
export function historyOf({ history }: Board): string[] {
  return history.map(
    ({ build, times, confirmedAtMs }) => `${name(build)} x${times}${confirmedAtMs === undefined ? '' : '+'}`,
  );
}

/** A build by the number it was made with. */
export function name(build: string): string {
  const number = Array.from({ length: 20 }, (_, index) => index).find((index) => buildId(index) === build);
  return number === undefined ? build : `b${number}`;
}
