import { errorCode } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { withoutPassword } from '../admission/password-mask.ts';
import { MAX_HEADER_BYTES } from '../limits.ts';
import { noTlsText } from './handshake-failure.ts';

/** RFC 8446, section 5.1: the type of a handshake's record, and the first byte of its version. */
const TLS_HANDSHAKE = Buffer.from([0x16, 0x03]);

/** How much of a request line is logged: what a board asks for takes 200 bytes. */
const MOST_LINE_BYTES = 300;

const LF = 0x0a;

/** What the log says of a connection that brought no request which could be logged. */
export interface Complaint {
  readonly kind: 'handshake' | 'malformed';
  /** A line of English. */
  readonly text: string;
}

/**
 * What to log when Node's parser could not read what `client` sent. Undefined if the client merely went away, or sent
 * nothing in time, as port probes do.
 */
export function complaintOf(error: Error, client: string | undefined): Complaint | undefined {
  const code = errorCode(error) ?? '';
  if (!code.startsWith('HPE_')) return undefined;
  const who = client ?? 'a client';
  if (rawPacket(error)?.subarray(0, TLS_HANDSHAKE.length).equals(TLS_HANDSHAKE)) {
    return { kind: 'handshake', text: noTlsText(client, SPEAKS_HTTP) };
  }
  const letters = lettersFault(error);
  const text = letters === undefined ? `${who} ${faultText(code)}` : `${who} "${requestLine(error)}": ${letters}`;
  return { kind: 'malformed', text };
}

const SPEAKS_HTTP = 'this server speaks HTTP; the URL of the update server must begin with http://';

/**
 * What is wrong with a request whose target has letters beyond ASCII as they are; undefined if that is not what `error`
 * is about. The curl of boards sends a name so, and Node's parser can't be told to take it.
 */
export function lettersFault(error: Error): string | undefined {
  if (errorCode(error) !== 'HPE_INVALID_URL') return undefined;
  const byte = rawPacket(error)?.[parsedBytes(error)] ?? 0;
  return byte < 0x80
    ? undefined
    : 'the request has letters beyond ASCII: percent-encode them, or give the box a plain name';
}

function faultText(code: string): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return `sent more than ${MAX_HEADER_BYTES / 1024} KiB of headers`;
    case 'HPE_INVALID_EOF_STATE':
      return 'ended in the middle of a request';
    default:
      return `sent what is not HTTP (${code})`;
  }
}

/** The line in which the parser stopped, as much of it as came at once. */
function requestLine(error: Error): string {
  const bytes = rawPacket(error) ?? Buffer.alloc(0);
  const start = bytes.lastIndexOf(LF, parsedBytes(error)) + 1;
  const end = bytes.indexOf(LF, start);
  const line = bytes.subarray(start, end === -1 ? bytes.length : end).toString();
  return printable(withoutPassword(line.trim()).slice(0, MOST_LINE_BYTES));
}

function rawPacket(error: Error): Buffer | undefined {
  return 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : undefined;
}

function parsedBytes(error: Error): number {
  return 'bytesParsed' in error && typeof error.bytesParsed === 'number' ? error.bytesParsed : 0;
}
