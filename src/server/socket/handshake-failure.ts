import { errorCode } from '../../errors.ts';

/** By Node's names for OpenSSL's errors: what went wrong, and what to do. */
const CAUSES: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the authority of the certificate; give the board its CA',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the certificate is expired, or was not valid yet by the board's clock",
  ERR_SSL_HTTP_REQUEST: 'it speaks HTTP; the URL of the update server must begin with https://',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no TLS from 1.2 on',
};

/**
 * Why the TLS handshake with `client` failed, for the log: a board says "up to date" then, too. Undefined if it merely
 * went away, as port probes do.
 */
export function handshakeFailure(error: Error, client: string | undefined): string | undefined {
  const code = errorCode(error) ?? '';
  if (!code.startsWith('ERR_SSL_')) return undefined;
  const cause = CAUSES[code] ?? ('reason' in error ? String(error.reason) : code);
  return noTlsText(client, cause);
}

/** That `client` got no TLS connection, and why: a line of English. */
export function noTlsText(client: string | undefined, cause: string): string {
  return `${client ?? 'a client'} got no TLS connection: ${cause}`;
}
