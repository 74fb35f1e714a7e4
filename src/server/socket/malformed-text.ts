import { errorCode } from '../../errors.ts';
import { MAX_HEADER_BYTES } from '../limits.ts';
import { noTlsText } from './handshake-failure.ts';

/** RFC 8446, section 5.1: the type of a handshake's record, and the first byte of its version. */
const TLS_HANDSHAKE = Buffer.from([0x16, 0x03]);

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
  if (speaksTls(error)) return { kind: 'handshake', text: noTlsText(client, SPEAKS_HTTP) };
  return { kind: 'malformed', text: `${who} ${faultText(code)}` };
}

const SPEAKS_HTTP = 'this server speaks HTTP; the URL of the update server must begin with http://';

function speaksTls(error: Error): boolean {
  if (!('rawPacket' in error) || !Buffer.isBuffer(error.rawPacket)) return false;
  return error.rawPacket.subarray(0, TLS_HANDSHAKE.length).equals(TLS_HANDSHAKE);
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
