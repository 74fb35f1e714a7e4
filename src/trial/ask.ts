import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { codeText } from '../code-text.ts';
import { errorCode, UserError } from '../errors.ts';
import type { Words } from '../words.ts';
import { TRIAL_AGENT } from './trial-agent.ts';

/** How a question is asked. */
export interface AskOptions {
  /** Stops it; what is waited for then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds without a byte after which the server counts as silent. */
  readonly silenceMs: number;
}

/** An answer whose body is still to come. Read it to its end, or close it. */
export interface Asked {
  readonly status: number;
  /** Bytes of the body, where the answer says so. */
  readonly bytes: number | undefined;
  /** The body as it comes. Ends early, or throws, where the connection breaks: look at `end` then. */
  readonly body: AsyncIterable<Buffer>;
  /** How the body ended, as far as it has. */
  readonly end: () => 'whole' | 'cut off' | 'silent';
  close(): void;
}

/** The server took the connection and then said nothing for too long. */
export const SILENT = 'silent';

/** The connection ended before an answer came. */
export const CUT_OFF = 'cut off';

/**
 * Asks as curl does on a board: one GET on a connection of its own, with no redirects, no retries and no compression.
 * `server`: as `update_server_http` has it, with `user:password@` or not.
 * @throws UserError when there is no connection; the signal's reason.
 */
export async function ask(
  server: string,
  path: string,
  { signal, silenceMs }: AskOptions,
): Promise<Asked | typeof SILENT | typeof CUT_OFF> {
  signal.throwIfAborted();
  const request = open(server, path);
  let isSilent = false;
  let isConnected = false;
  const stop = () => request.destroy();
  signal.addEventListener('abort', stop);
  request.on('close', () => signal.removeEventListener('abort', stop));
  request.setTimeout(silenceMs, () => {
    isSilent = true;
    request.destroy();
  });
  request.on('socket', (socket) => {
    socket.on('connect', () => {
      isConnected = true;
    });
  });
  const answer = await answerTo(request);
  signal.throwIfAborted();
  if (isSilent) return SILENT;
  if (answer instanceof Error) {
    if (isConnected && errorCode(answer) === 'ECONNRESET') return CUT_OFF;
    throw new UserError((words) => words.t("{0} can't be asked: {1}", withoutUser(server), whyUnasked(answer, words)));
  }
  const { statusCode = 0, headers } = answer;
  const said = headers['content-length'];
  const end = () => {
    if (answer.complete) return 'whole';
    return isSilent ? SILENT : CUT_OFF;
  };
  const bytes = said === undefined ? undefined : Number(said);
  return { status: statusCode, bytes, body: answer, end, close: () => request.destroy() };
}

/** A certificate that no root signed which this process knows: OpenSSL's names for that, as Node has them (tls, X509 certificate error codes). */
const UNKNOWN_ROOT: ReadonlySet<string | undefined> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What Node advises in such a message is for whoever starts it with options of its own. */
function whyUnasked(error: Error, words: Words): string {
  const code = errorCode(error);
  const text = code === undefined ? undefined : codeText(code, words);
  // what is said with a meaning says more than Node's message, which is English
  if (text !== undefined && text !== code) return text;
  if (!UNKNOWN_ROOT.has(code)) return error.message || String(code);
  const [what = ''] = error.message.split('; ');
  return words.t('{0}; NODE_EXTRA_CA_CERTS can name a file with the root that signed it', what);
}

/** The address of a server without the user and the password in it. */
export function withoutUser(server: string): string {
  return server.replace(/^(\w+:\/\/)[^/]*@/, '$1');
}

/** The zone of an IPv6 address (RFC 6874), which `URL` takes for malformed; `%` alone is how people and we write it. */
const ZONE = /(%(?:25)?[\w.-]+)\](?=:\d+|\/|$)/;

function open(server: string, path: string): ClientRequest {
  const [, zone = ''] = ZONE.exec(server) ?? [];
  const url = URL.parse(server.replace(ZONE, ']'));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const given = JSON.stringify(withoutUser(server));
    throw new UserError((words) =>
      words.t('{0} is no address of a server, such as {1}', given, 'http://10.0.0.1:5555'),
    );
  }
  // raw, as curl has it: what a board sends is not encoded
  const target = `${url.pathname.replace(/\/$/, '')}${path}`;
  if (/[^\x21-\x7e]/.test(target)) {
    throw new UserError((words) =>
      words.t('{0} has characters in it that no request may have: percent-encode them', JSON.stringify(path)),
    );
  }
  const user =
    url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` };
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, '') + zone.replace(/^%25(?=.)/, '%'),
    port: url.port,
    path: target,
    agent: false,
    headers: { Host: url.host, Accept: '*/*', 'User-Agent': TRIAL_AGENT }, // without a zone, as from curl
    ...user,
  };
  return url.protocol === 'https:' ? requestHttps(options).end() : requestHttp(options).end();
}

function answerTo(request: ClientRequest): Promise<IncomingMessage | Error> {
  return new Promise((resolve) => {
    request.on('response', (answer) => resolve(answer));
    request.on('error', (error) => resolve(error));
    request.on('close', () => resolve(new Error('the connection was closed')));
  });
}
