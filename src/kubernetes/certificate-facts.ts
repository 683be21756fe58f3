import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../engines/certificates.ts';
import type { KubernetesObject } from '../engines/objects.ts';

/** A chain of certificates has a few kilobytes. */
const maximumBytes = 256 * 1024;
const maximumText = 200;
const maximumNames = 200;

/**
 * What is public about the certificate of a Secret, to be taken before its values are hidden; `undefined` when it has
 * none, or its values are hidden already. The key is never looked at.
 */
export function certificateFactsOf(object: KubernetesObject): CertificateFacts | undefined {
  if (object.kind !== 'Secret' || !('data' in object)) return undefined;
  const { data } = object;
  if (typeof data !== 'object' || data === null || !('tls.crt' in data)) return undefined;
  const encoded = data['tls.crt'];
  if (typeof encoded !== 'string' || encoded === '' || encoded.startsWith('[')) return undefined;
  if (encoded.length > maximumBytes) return undefined;
  return factsIn(Buffer.from(encoded, 'base64'));
}

function factsIn(bytes: Buffer): CertificateFacts {
  try {
    const { subject, issuer, validFrom, validTo, subjectAltName } = new X509Certificate(bytes);
    const names = namesIn(subjectAltName);
    return {
      subject: inOneLine(subject),
      issuer: inOneLine(issuer),
      notBefore: secondsOf(validFrom),
      notAfter: secondsOf(validTo),
      ...(names.length <= maximumNames && { names }),
    };
  } catch {
    // What OpenSSL says of bytes that it cannot read tells nobody anything.
    return { unreadable: 'it is no X.509 certificate in PEM' };
  }
}

/** Certificates have whole seconds, as times of the API do. */
const secondsOf = (date: string): string => new Date(date).toISOString().replace('.000Z', 'Z');

/** One attribute a line, as Node writes them. */
const inOneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ').slice(0, maximumText);

/** `DNS:a, DNS:b, IP Address:10.0.0.1`. */
const namesIn = (alternatives: string | undefined): readonly string[] =>
  [...(alternatives ?? '').matchAll(/(?:^|, )(?:DNS|IP Address):([^,"\s]+)/g)].flatMap(([, name]) => name ?? []);
