import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { Catalog } from '../../src/images/catalog.ts';
import type { Assigner } from '../../src/server/decision/assigned.ts';
import type { UpdateServerOptions } from '../../src/server/server-options.ts';
import type { Transfer } from '../../src/server/transfer.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { smallImage, zstWith } from '../fixtures/smallest-image.ts';
import { type Nginx, startEdge, startFront } from '../nginx/nginx.ts';

/** An answer as it came over the wire. */
export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A real server over an image folder of its own. */
export interface TestServer extends AsyncDisposable {
  readonly server: UpdateServer;
  readonly checks: ImageChecks;
  /** The image folder. */
  readonly boxes: string;
  readonly url: string;
  /** Every event so far, as `<event> <target>`. */
  readonly events: readonly string[];
  /** Asks by HTTP, on a connection of its own. */
  get(target: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  /** Sends bytes as they are and answers all that comes back until the connection ends. */
  raw(bytes: string): Promise<string>;
  /** Opens a connection and leaves it to the caller. */
  connect(): Promise<Socket>;
  /** Settles with the next transfer that ends and that `isIt` accepts: several may be running. */
  ended(isIt?: (transfer: Transfer) => boolean): Promise<Transfer>;
  /** Settles when no transfer runs, but for so many: a client has its answer before the server knows. */
  idle(others?: number): Promise<void>;
}

/** The build ID that `makeSet` gives to an image, by its number. */
export function buildId(number = 1): string {
  return createHash('sha256').update(`build ${number}`).digest('hex');
}

/** Holds the boards at some addresses; the others get the newest. */
export function holding(isHeld: (client: string) => boolean): Assigner {
  return {
    isPlain: true,
    assign: ({ client }) => (isHeld(client) ? { kind: 'withheld', why: 'held' } : { kind: 'newest' }),
  };
}

/** Makes a complete image set around a payload, or of so many bytes in all; answers the bytes of its `.img.zst`. */
export async function makeSet(
  boxes: string,
  box: string,
  image: string,
  content: Buffer | number = 1000,
  build = 1,
): Promise<Buffer> {
  const name = { box, image, buildId: buildId(build) };
  const overheadBytes = zstWith(name, Buffer.alloc(0)).length;
  const zst = zstWith(name, typeof content === 'number' ? noise(Math.max(0, content - overheadBytes)) : content);
  const digest = sha256(zst);
  const file = path.join(boxes, box, `${image}.img`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.buildID`, `${buildId(build)}  ${image}.img\n`);
  await writeFile(`${file}.zst`, zst);
  await writeFile(`${file}.sha256`, `${smallImage(name).rawSha256}  ${image}.img\n${digest}  ${image}.img.zst\n`);
  return zst;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that repeat nowhere near, the same at each run. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0, state = 1; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Answers wait for an examination as long as it takes, so that what is wrong is refused, however busy the machine is. */
export const PATIENT = { verdictWaitMs: Number.POSITIVE_INFINITY };

/** Answers begin at once, whatever an examination will say. */
export const IMPATIENT = { verdictWaitMs: 0 };

/** Set to `front` or `edge`, this has all that a test asks go through the nginx of that configuration in `contrib/`. */
export const THROUGH = 'MKBOX_TEST_THROUGH';

async function startNginx(server: UpdateServer): Promise<Nginx | undefined> {
  const { port } = server.address;
  try {
    switch (process.env[THROUGH]) {
      case 'front':
        return await startFront(port);
      case 'edge':
        return await startEdge(port);
      default:
        return undefined;
    }
  } catch (error) {
    await server.stop(0);
    throw error;
  }
}

/** Starts a server over images that `prepare` makes, which may answer checks that know something of them. */
export async function startServer(
  prepare: (boxes: string) => Promise<unknown>,
  options: Partial<UpdateServerOptions> = {},
): Promise<TestServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-server-'));
  const boxes = path.join(folder, 'boxes');
  await mkdir(boxes);
  const prepared = await prepare(boxes);
  const checks = prepared instanceof ImageChecks ? prepared : await ImageChecks.open();
  const server = await UpdateServer.start({
    catalog: new Catalog([boxes]),
    checks,
    host: '127.0.0.1',
    port: 0,
    ...options,
  });
  const nginx = await startNginx(server);
  const { port } = nginx ?? server.address;
  const events: string[] = [];
  for (const event of ['accepted', 'answering', 'finished', 'broken', 'refused'] as const) {
    server.events.on(event, (transfer) => events.push(`${event} ${transfer.target}`));
  }
  const open = async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return {
    server,
    checks,
    boxes,
    url: `http://127.0.0.1:${port}`,
    events,
    get: (target, headers = {}, method = 'GET') => ask(port, target, headers, method),
    async raw(bytes) {
      const socket = await open();
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.write(Buffer.from(bytes, 'latin1'));
      await once(socket, 'close');
      return answer;
    },
    connect: open,
    async idle(others = 0) {
      while (server.running.size > others) await sleep(2);
    },
    ended: (isIt = () => true) =>
      new Promise((resolve) => {
        const ends = ['finished', 'broken', 'refused'] as const;
        const onEnd = (transfer: Transfer) => {
          if (!isIt(transfer)) return;
          for (const event of ends) server.events.off(event, onEnd);
          resolve(transfer);
        };
        for (const event of ends) server.events.on(event, onEnd);
      }),
    async [Symbol.asyncDispose]() {
      await server.stop(0);
      await nginx?.[Symbol.asyncDispose]();
      await checks.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function ask(port: number, target: string, headers: Record<string, string>, method: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: target, headers, method, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
