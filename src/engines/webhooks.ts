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
