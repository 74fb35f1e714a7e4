import type { Socket } from 'node:net';
import { errorCode } from '../../errors.ts';
import { LAST_WORD_WAIT_MS } from '../limits.ts';
import { lettersFault } from './malformed-text.ts';

/**
 * Handles what Node's parser can't read as HTTP, or waited too long for: there is no request to answer, only a socket.
 * If TLS failed, the socket can't even take an answer, and writing one would keep it open for ever; if an earlier
 * answer is being sent, another one would get into its body: then `drop` drops what came, and returns true.
 */
export function refuseMalformed(error: Error, socket: Socket, drop: (socket: Socket) => boolean): void {
  const status = statusOf(errorCode(error) ?? '');
  if (status !== undefined && drop(socket)) return;
  if (status === undefined || !socket.writable) socket.destroy();
  else endWith(socket, status, { text: lettersFault(error) });
}

/** Refuses a CONNECT, which Node's parser hands over with its socket. */
export function refuseConnect(socket: Socket): void {
  socket.on('error', () => socket.destroy()); // Node no longer listens, and an unheard error ends the process
  endWith(socket, '405 Method Not Allowed', { headers: 'Allow: GET, HEAD\r\n' });
}

function statusOf(code: string): string | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    default:
      return code.startsWith('HPE_') ? '400 Bad Request' : undefined;
  }
}

/** What an answer says besides its status; that is its text, too, where there is no other. */
interface Rest {
  readonly text?: string | undefined;
  readonly headers?: string;
}

/** Answers in plain text and closes. A client that keeps its half open would otherwise hold the connection for ever. */
function endWith(socket: Socket, status: string, { text = status.slice(4), headers = '' }: Rest): void {
  const body = `${text}\n`;
  socket.setTimeout(LAST_WORD_WAIT_MS, () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n${headers}Connection: close\r\n\r\n${body}`,
  );
}
