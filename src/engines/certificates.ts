import type { KubernetesObject } from './objects.ts';

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** The subject alternative names: DNS names, with `*` for one label, and addresses. Empty when there are none. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly notBefore: string;
  /** ISO 8601. */
  readonly notAfter: string;
}

/** The facts that the reader kept of a Secret's certificate; `undefined` when it has none or could not read it. */
export function certificateIn(secret: KubernetesObject): CertificateFacts | undefined {
  const kept: unknown = 'certificate' in secret ? secret.certificate : undefined;
  if (typeof kept !== 'object' || kept === null) return undefined;
  const names: unknown = 'names' in kept ? kept.names : undefined;
  const notBefore: unknown = 'notBefore' in kept ? kept.notBefore : undefined;
  const notAfter: unknown = 'notAfter' in kept ? kept.notAfter : undefined;
  // An archive may hold anything under that name.
  if (!Array.isArray(names) || typeof notBefore !== 'string' || typeof notAfter !== 'string') return undefined;
  return { names: names.filter((name) => typeof name === 'string'), notBefore, notAfter };
}

const shownNames = 3;

/** Why clients refuse a certificate for these hosts now; `undefined` when they do not, or it has no names to compare. */
export function refusalOf(
  { names, notBefore, notAfter }: CertificateFacts,
  hosts: readonly string[],
  now: number,
): string | undefined {
  if (Date.parse(notAfter) < now) return `expired on ${day(notAfter)}`;
  if (Date.parse(notBefore) > now) return `is not valid before ${day(notBefore)}`;
  const foreign = hosts.filter((host) => !names.some((name) => covers(name.toLowerCase(), host.toLowerCase())));
  if (names.length === 0 || foreign.length === 0) return undefined;
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return `is for ${names.slice(0, shownNames).join(', ')}${more}, not for ${foreign.slice(0, shownNames).join(', ')}`;
}

const day = (time: string): string => time.slice(0, 10);

/** `*.shop.example` covers `a.shop.example`, and neither `shop.example` nor `a.b.shop.example` (RFC 9525, 6.3). */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith('*.') && host.split('.').slice(1).join('.') === name.slice(2));
