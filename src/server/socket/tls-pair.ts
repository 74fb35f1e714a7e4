import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { errorCode, UserError } from '../../errors.ts';

/** The unusable half of a pair. */
export class TlsPairError extends UserError {
  readonly part: 'certificate' | 'key';

  constructor(part: 'certificate' | 'key', message: string) {
    super(message);
    this.part = part;
  }
}

/** Older versions are broken (RFC 8996); the curl of boards is younger. */
const OLDEST_VERSION = 'TLSv1.2';

/** A certificate (with those of the authorities between it and the root, where there are any) and its private key. */
export class TlsPair {
  readonly #certificate: X509Certificate;
  readonly #cert: string;
  readonly #key: string;

  /** Both in PEM, as files have them; what stands around it does not count. @throws TlsPairError when a server can't use them. */
  constructor(cert: string, key: string) {
    this.#cert = cert;
    this.#key = key;
    this.#certificate = readCertificate(cert);
    const privateKey = readKey(key);
    if (!this.#certificate.checkPrivateKey(privateKey)) {
      throw otherCertificates(cert).some((other) => other.checkPrivateKey(privateKey))
        ? new TlsPairError(
            'certificate',
            "must begin with the server's certificate; the one of the key comes later in it",
          )
        : new TlsPairError('key', 'is not the key of the certificate');
    }
    try {
      createSecureContext(this.secureOptions);
    } catch (error) {
      const reason = error instanceof Error && 'reason' in error ? String(error.reason) : errorCode(error);
      throw new TlsPairError('certificate', `is not taken by OpenSSL: ${reason ?? 'no reason given'}`);
    }
  }

  /** What an HTTPS server is given. */
  get secureOptions(): Pick<ServerOptions, 'cert' | 'key' | 'minVersion'> {
    return { cert: this.#cert, key: this.#key, minVersion: OLDEST_VERSION };
  }

  /** Why clients won't trust the certificate at that time (milliseconds since 1970), as far as can be told here. */
  warning(nowMs: number): string | undefined {
    const { validFrom, validTo } = this.#certificate;
    if (Date.parse(validTo) < nowMs) return `expired on ${day(validTo)}: boards will not trust it`;
    if (Date.parse(validFrom) > nowMs) return `is not valid before ${day(validFrom)}: boards will not trust it yet`;
    return undefined;
  }
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** RFC 1421: the first header of a key that is encrypted; RFC 7468: the line before one. */
const ENCRYPTED = /^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type:.*ENCRYPTED)/m;

/** X.690, section 8.1: how DER begins, a sequence of more than 127 bytes, or a shorter one with a version first. */
const DER = /^0(?:[\x81-\x84]|.\p{Cc}{2})/su;

/** The certificates in PEM after the first one, as far as they can be read. */
function otherCertificates(cert: string): X509Certificate[] {
  const [, ...others] = cert.match(CERTIFICATES) ?? [];
  return others.flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}

function readCertificate(cert: string): X509Certificate {
  if (DER.test(cert)) {
    throw new TlsPairError(
      'certificate',
      'is binary, not PEM; convert it with openssl x509 -inform der, or a .p12 with openssl pkcs12 -nokeys',
    );
  }
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) {
    throw new TlsPairError('certificate', 'holds no certificate in PEM (-----BEGIN CERTIFICATE-----)');
  }
  try {
    return new X509Certificate(cert);
  } catch {
    throw new TlsPairError('certificate', 'holds a damaged certificate');
  }
}

function readKey(key: string): KeyObject {
  if (DER.test(key)) {
    throw new TlsPairError(
      'key',
      'is binary, not PEM; convert it with openssl pkey -inform der, or a .p12 with openssl pkcs12 -nocerts -nodes',
    );
  }
  if (ENCRYPTED.test(key)) {
    throw new TlsPairError('key', 'is encrypted; store it without a passphrase, readable by the server only');
  }
  try {
    return createPrivateKey(key);
  } catch {
    throw new TlsPairError('key', 'holds no private key in PEM (-----BEGIN PRIVATE KEY-----)');
  }
}

function day(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
