import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A record's header, and an alert (RFC 8446, sections 5.1 and 6). */
const ALERT_RECORD_BYTES = 5 + 2;
/** The authentication tag of AES-GCM and ChaCha20-Poly1305. */
const TAG_BYTES = 16;

/**
 * Bytes that are sent to close a connection, besides the FIN: under TLS, the `close_notify` alert. 0 without TLS, and for
 * ciphers other than AES-GCM and ChaCha20-Poly1305: counting too many would hide unacknowledged bytes of an image.
 */
export function closeNotifyBytes(socket: Socket): number {
  if (!(socket instanceof TLSSocket)) return 0;
  // RFC 8446, section 5.2: the record's type is encrypted, too
  if (socket.getProtocol() === 'TLSv1.3') return ALERT_RECORD_BYTES + 1 + TAG_BYTES;
  const { name } = socket.getCipher();
  if (name.includes('GCM')) return ALERT_RECORD_BYTES + 8 + TAG_BYTES; // RFC 5288, section 3: a part of the nonce goes along
  return name.includes('CHACHA20') ? ALERT_RECORD_BYTES + TAG_BYTES : 0; // RFC 7905, section 2
}
