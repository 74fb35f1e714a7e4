import { chmod, unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import * as v from 'valibot';
import { codeText } from '../code-text.ts';
import { bugText, systemErrorCode, UserError } from '../errors.ts';
import { type Order, requestSchema } from './order.ts';
import { socketFault } from './socket-path.ts';

/** The version in the paths: it changes when something that is there changes its meaning. */
export const CONTROL_VERSION = 'v1';

/** What the socket is about. */
export interface ControlParts {
  /** What is served, and to whom; as `/status` has it. */
  readonly status: () => Promise<object>;
  /** The acts so far, oldest first. */
  readonly log: () => readonly object[];
  /** The roll-outs of images, each with how far it is. */
  readonly rollOuts: () => readonly object[];
  /** Carries out an order, and tells what was done. @throws UserError, system errors */
  readonly carryOut: (order: Order, by: string) => Promise<readonly string[]>;
  /** Told of what went wrong here, in a line of English. */
  readonly onMessage: (text: string) => void;
}

/** An order for ten thousand boards by name. */
const MOST_BODY_BYTES = 4 * 1024 * 1024;

/** The owner and the group, as for any file that is written to. */
const SOCKET_MODE = 0o660;

/** The whole of what a socket file may be created with, apart from its owner. */
const OWNER_ONLY = 0o177;

/**
 * The control socket: HTTP with JSON on a UNIX socket (unix(7)), or a named pipe on Windows. Who may open its file may do
 * all that a person can do. Close it.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #parts: ControlParts;

  private constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!request.complete && systemErrorCode(error) !== undefined) return; // whoever orders left before the end of it
        parts.onMessage(bugText(error));
        if (response.headersSent) response.destroy();
        else reply(response, 500, { error: 'internal error; the log has more' });
      });
    });
  }

  /** Listens at `path`. What a process that died left there is replaced. @throws UserError when it can't */
  static async listen(path: string, parts: ControlParts): Promise<ControlServer> {
    const control = new ControlServer(parts);
    for (let attempt = 1; ; attempt++) {
      try {
        await listen(control.#server, path);
        control.#server.on('error', (error) => parts.onMessage(`control socket: ${error.message}`));
        if (process.platform !== 'win32') await chmod(path, SOCKET_MODE);
        return control;
      } catch (error) {
        const code = systemErrorCode(error);
        if (code === undefined) throw error;
        if (code !== 'EADDRINUSE')
          throw new UserError(`can't listen at the control socket ${path} (${socketFault(path, code)})`);
        if (attempt > 1 || (await isListening(path))) {
          throw new UserError(
            `another process listens at the control socket ${path}: two servers need a STATE_PATH and a CONTROL_PATH each`,
          );
        }
        await unlink(path).catch(() => {}); // the second attempt tells why it can't be removed
      }
    }
  }

  /** Ends it, and removes its file. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, log, rollOuts } = this.#parts;
    switch (`${request.method} ${request.url}`) {
      case `GET /${CONTROL_VERSION}/status`:
        reply(response, 200, await status());
        return;
      case `GET /${CONTROL_VERSION}/log`:
        reply(response, 200, { entries: log() });
        return;
      case `GET /${CONTROL_VERSION}/roll-outs`:
        reply(response, 200, { rollOuts: rollOuts() });
        return;
      case `POST /${CONTROL_VERSION}/orders`:
        await this.#order(request, response);
        return;
      default:
        reply(response, 404, { error: `there is no ${request.method} ${request.url} in ${CONTROL_VERSION}` });
    }
  }

  async #order(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return reply(response, 413, { error: `more than ${MOST_BODY_BYTES} bytes` });
    const parsed = v.safeParse(requestSchema, parseJson(body));
    if (!parsed.success) {
      const [issue] = parsed.issues;
      return reply(response, 400, { error: `no order: ${v.getDotPath(issue) ?? 'body'}: ${issue.message}` });
    }
    const { by, order } = parsed.output;
    try {
      reply(response, 200, { done: await this.#parts.carryOut(order, by) });
    } catch (error) {
      if (error instanceof UserError) return reply(response, 409, { error: error.message });
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      reply(response, 409, { error: `the server's disk refused (${codeText(code)})` });
    }
  }
}

/** Nobody else may connect before its mode is set: until then it is its owner's. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.platform === 'win32' ? undefined : process.umask(OWNER_ONLY);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      if (before !== undefined) process.umask(before);
    }
  });
}

/** Whether someone answers there. */
function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The body as text; undefined where it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, status: number, answer: object): void {
  const body = Buffer.from(`${JSON.stringify(answer)}\n`);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    Connection: 'close',
  });
  response.end(body);
}
