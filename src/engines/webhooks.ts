import type { ObjectRef } from './objects.ts';

/** An admission webhook that the API server could not call, in its own words. */
export interface FailedCall {
  readonly webhook: string;
  /** The Service behind it; `undefined` for one outside of the cluster. */
  readonly service: ObjectRef | undefined;
  /** The error itself, without the URL and without addresses, which differ from call to call. */
  readonly error: string;
}

/** Reads `failed calling webhook "W": failed to call webhook: Post "https://NAME.NAMESPACE.svc:443/…": ERROR` (apiserver `webhook` client). */
export function failedCallIn(message: string): FailedCall | undefined {
  const [, webhook, words] = /failed calling webhook "([^"]+)": (.+)$/s.exec(message) ?? [];
  if (webhook === undefined || words === undefined) return undefined;
  const [, name, namespace] = /"https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc[:/]/.exec(words) ?? [];
  return {
    webhook,
    service: name === undefined ? undefined : { kind: 'Service', namespace, name },
    error: words
      .replace(/^.*Post "[^"]*": /s, '')
      .replace(/\bdial tcp [\d.:[\]a-f]+: (?:connect: )?/, '')
      .trim(),
  };
}

/** A refusal by a policy: of a webhook, or of a ValidatingAdmissionPolicy, in its own words. */
export interface Denial {
  readonly webhook: string | undefined;
  readonly policy: string | undefined;
  readonly words: string;
}

/**
 * Reads `admission webhook "W" denied the request: WORDS` (apiserver `ToStatusErr`; without words it says `without
 * explanation`) and `ValidatingAdmissionPolicy 'P' with binding 'B' denied request: WORDS` (apiserver validating dispatcher).
 */
export function denialIn(message: string): Denial | undefined {
  const [, webhook, , said] =
    /admission webhook "([^"]+)" denied the request( without explanation|: )(.*)$/s.exec(message) ?? [];
  if (webhook !== undefined) return { webhook, policy: undefined, words: said?.trim() || 'without explanation' };
  const [, policy, words = ''] =
    /ValidatingAdmissionPolicy '([^']+)'(?: with binding '[^']*')? denied request: (.*)$/s.exec(message) ?? [];
  return policy === undefined ? undefined : { webhook: undefined, policy, words: words.trim() };
}
