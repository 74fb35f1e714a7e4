import { request } from 'node:http';
import * as v from 'valibot';
import { systemErrorCode, UserError } from '../errors.ts';
import { CONTROL_VERSION } from './control-server.ts';
import type { Order } from './order.ts';
import { socketFault } from './socket-path.ts';

const SAYS_ERROR = v.object({ error: v.string() });
const SAYS_DONE = v.object({ done: v.array(v.string()) });

/** No server listens at the control socket. */
export class NoServerError extends UserError {}

/**
 * Asks the server behind the control socket at `path` for one of its lists, and waits for it as long as it takes, or for
 * `waitMs`. @throws NoServerError when there is none; UserError when it refuses
 */
export function askControl(path: string, what: 'status' | 'log' | 'roll-outs', waitMs?: number): Promise<unknown> {
  return exchange(path, 'GET', what, { waitMs });
}

/** Has the server behind the control socket carry out an order, and returns what it did, in lines. @throws UserError */
export async function orderByControl(path: string, order: Order, by: string): Promise<readonly string[]> {
  const answer = await exchange(path, 'POST', 'orders', { body: JSON.stringify({ by, order }) });
  const parsed = v.safeParse(SAYS_DONE, answer);
  if (!parsed.success) throw new UserError(`what answers at ${path} is no update-server of this version`);
  return parsed.output.done;
}

interface Exchange {
  readonly body?: string;
  readonly waitMs?: number | undefined;
}

function exchange(
  socketPath: string,
  method: 'GET' | 'POST',
  what: string,
  { body = '', waitMs }: Exchange,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path: `/${CONTROL_VERSION}/${what}`, headers: { Host: 'localhost' } });
    sent.on('error', (error) => reject(failure(socketPath, systemErrorCode(error) ?? error.message)));
    if (waitMs !== undefined) {
      sent.setTimeout(waitMs, () => sent.destroy(new Error(`no answer within ${waitMs / 1000} s`)));
    }
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => reject(new UserError(`${socketPath}: ${error.message}`)));
      response.on('end', () => {
        const answer = parsed(Buffer.concat(chunks).toString());
        const refusal = v.safeParse(SAYS_ERROR, answer);
        if (refusal.success) reject(new UserError(refusal.output.error));
        else if (response.statusCode === 200 && answer !== undefined) resolve(answer);
        else reject(new UserError(`what answers at ${socketPath} is no update-server`));
      });
    });
    sent.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(path: string, code: string): UserError {
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new NoServerError(`no update-server listens at ${path}: set CONTROL_PATH as it is for the server`);
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        `permission denied at ${path}: only the user and the group of the update-server may control it`,
      );
    default:
      return new UserError(`can't reach the update-server at ${path} (${socketFault(path, code)})`);
  }
}
