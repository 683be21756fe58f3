import { day, formatDuration, minute, timeOf } from './durations.ts';
import type { Of } from './objects.ts';

/**
 * What is public about the certificate in the `tls.crt` of a Secret: derived by whoever reads the Secret, before its
 * values are hidden, and kept beside them as `certificateFacts`. The first certificate of a chain is meant.
 */
export interface CertificateFacts {
  /** `CN=shop.example, O=Shop`. */
  readonly subject?: string;
  readonly issuer?: string;
  /** ISO 8601. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** DNS names and addresses that it is for (subjectAltName); absent when they are too many to be kept. */
  readonly names?: readonly string[];
  /** Why `tls.crt` cannot be read as a certificate; then nothing else is known. */
  readonly unreadable?: string;
}

/** A clock that is off by less is no fault of the certificate. */
const clockTolerance = 5 * minute;

/** What is known of a Secret's certificate; whoever wrote an archive may have written anything. */
function factsOf({ certificateFacts }: Of<'Secret'>): CertificateFacts {
  if (typeof certificateFacts !== 'object' || certificateFacts === null) return {};
  const { subject, issuer, notBefore, notAfter, names, unreadable } = certificateFacts;
  return {
    ...(typeof subject === 'string' && { subject }),
    ...(typeof issuer === 'string' && { issuer }),
    ...(typeof notBefore === 'string' && { notBefore }),
    ...(typeof notAfter === 'string' && { notAfter }),
    ...(typeof unreadable === 'string' && { unreadable }),
    ...(Array.isArray(names) && { names: names.filter((name) => typeof name === 'string') }),
  };
}

/** Why clients refuse a certificate for these hosts, as a clause about its Secret; `undefined` when nothing is known to be wrong. */
export function certificateTrouble(
  secret: Of<'Secret'>,
  hosts: readonly string[],
  now: number,
): { readonly text: string; readonly since: string | undefined } | undefined {
  const { unreadable, notBefore, notAfter, names } = factsOf(secret);
  if (unreadable !== undefined) return { text: 'holds no certificate in tls.crt', since: undefined };
  const [from, to] = [timeOf(notBefore), timeOf(notAfter)];
  if (to !== undefined && to <= now) {
    return { text: `expired ${formatDuration(now - to)} ago (notAfter ${notAfter})`, since: notAfter };
  }
  if (from !== undefined && from > now + clockTolerance) {
    return { text: `is not valid before ${notBefore}`, since: undefined };
  }
  if (names === undefined) return undefined;
  const bare = hosts.filter((host) => !names.some((name) => covers(name, host)));
  if (bare.length === 0) return undefined;
  return { text: `is not for ${bare.join(', ')}: it is for ${listOf(names)}`, since: undefined };
}

const namedNames = 4;

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'no host (it has no subjectAltName)';
  const more = names.length > namedNames ? ` and ${names.length - namedNames} more` : '';
  return `${names.slice(0, namedNames).join(', ')}${more}`;
}

/** A wildcard stands for exactly one label (RFC 6125 section 6.4.3). */
function covers(name: string, host: string): boolean {
  const [wanted, offered] = [host.toLowerCase(), name.toLowerCase()];
  if (wanted === offered) return true;
  return offered.startsWith('*.') && wanted.slice(wanted.indexOf('.')) === offered.slice(1) && !wanted.startsWith('*.');
}

/** Whoever renews certificates does so when a third of their life is left; from here on it has not. */
const renewalShare = 0.25;
const soon = 14 * day;

/** A certificate that is still valid and should have been renewed by now. Time is in milliseconds. */
export function expiringCertificate(
  secret: Of<'Secret'>,
  now: number,
): { readonly left: number; readonly facts: CertificateFacts } | undefined {
  const facts = factsOf(secret);
  const [from, to] = [timeOf(facts.notBefore), timeOf(facts.notAfter)];
  if (to === undefined || to <= now) return undefined;
  const life = from === undefined ? Number.POSITIVE_INFINITY : to - from;
  const left = to - now;
  return left < Math.min(soon, life * renewalShare) ? { left, facts } : undefined;
}

/** `subject CN=a, issuer CN=b, notBefore …, notAfter …, for a, b`; empty when nothing is known. */
export function certificateText(secret: Of<'Secret'>): string {
  const { unreadable, names, ...facts } = factsOf(secret);
  if (unreadable !== undefined) return `tls.crt cannot be read: ${unreadable}`;
  const parts = Object.entries(facts).map(([key, value]) => `${key} ${value}`);
  return [...parts, ...(names === undefined ? [] : [`for ${listOf(names)}`])].join(', ');
}
