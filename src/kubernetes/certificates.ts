import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../engines/certificates.ts';

/** More would be no list of names any more. */
const maximumNames = 50;
/** A chain of certificates is a few KB. */
const maximumLength = 200_000;

/**
 * What the public certificate of a Secret says of itself: the first one of `tls.crt`, which is the server's own.
 * `undefined` for anything else. The private key is never looked at.
 * @param encoded the value of `data["tls.crt"]`, base64 of PEM.
 */
export function certificateFacts(encoded: unknown): CertificateFacts | undefined {
  if (typeof encoded !== 'string' || encoded.length > maximumLength) return undefined;
  try {
    const { subjectAltName = '', validFrom, validTo } = new X509Certificate(Buffer.from(encoded, 'base64'));
    const names = subjectAltName.split(', ').flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []);
    return {
      names: names.slice(0, maximumNames),
      notBefore: new Date(validFrom).toISOString(),
      notAfter: new Date(validTo).toISOString(),
    };
  } catch {
    // Whoever wrote the Secret may have written anything; a certificate that cannot be read tells nothing.
    return undefined;
  }
}
