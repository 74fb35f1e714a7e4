import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A record's header, and an alert (RFC 8446, sections 5.1 and 6). */
const ALERT_RECORD_BYTES = 5 + 2;
/** What AES-GCM and ChaCha20-Poly1305 put behind what they encrypt. */
const TAG_BYTES = 16;

/**
 * How many bytes an orderly end puts on the line besides the FIN: under TLS, the alert `close_notify`. 0 without TLS, and
 * for a cipher that is none of the usual ones, since too many would hide bytes of an image.
 */
export function closeNotifyBytes(socket: Socket): number {
  if (!(socket instanceof TLSSocket)) return 0;
  // RFC 8446, section 5.2: the record's type is encrypted, too
  if (socket.getProtocol() === 'TLSv1.3') return ALERT_RECORD_BYTES + 1 + TAG_BYTES;
  const { name } = socket.getCipher();
  if (name.includes('GCM')) return ALERT_RECORD_BYTES + 8 + TAG_BYTES; // RFC 5288, section 3: a part of the nonce goes along
  return name.includes('CHACHA20') ? ALERT_RECORD_BYTES + TAG_BYTES : 0; // RFC 7905, section 2
}
