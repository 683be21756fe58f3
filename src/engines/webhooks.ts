import { creationFailures } from './admission.ts';
import { keyOf, type ObjectRef, refOf, type Service } from './objects.ts';
import { selectedWorkloads } from './routes.ts';
import type { Snapshot } from './snapshot.ts';

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

/** The configuration that registered a webhook, as far as those were read. */
export interface Registration {
  readonly ref: ObjectRef;
  /** `webhooks[0]`. */
  readonly field: string;
  readonly failurePolicy: string;
  /** Set where nothing says which certificate of it to trust. */
  readonly untrusted: Untrusted | undefined;
}

/** Nobody wrote a caBundle: then the API server trusts what its own system trusts. */
export interface Untrusted {
  /** The annotation that asks somebody to write it, and who that is. */
  readonly awaited: { readonly annotation: string; readonly writer: string } | undefined;
}

/** Who writes the caBundle of a configuration with such an annotation. */
const caWriters: readonly (readonly [pattern: RegExp, writer: string])[] = [
  [/^cert-manager\.io\/inject-(?:ca-from|ca-from-secret|apiserver-ca)$/, 'the cainjector of cert-manager'],
  [/^service\.(?:beta|alpha)\.openshift\.io\/inject-cabundle$/, 'the service CA operator of OpenShift'],
];

function untrusted(
  annotations: Readonly<Record<string, string | undefined>> = {},
  clientConfig: { readonly caBundle?: string | undefined; readonly service?: unknown } | undefined,
): Untrusted | undefined {
  // Of one outside of the cluster a public authority may have signed.
  if (clientConfig?.service === undefined || (clientConfig.caBundle ?? '') !== '') return undefined;
  const [awaited] = Object.keys(annotations).flatMap((annotation) =>
    caWriters.flatMap(([pattern, writer]) => (pattern.test(annotation) ? [{ annotation, writer }] : [])),
  );
  return { awaited };
}

export const registrationOf = (snapshot: Snapshot, webhook: string): Registration | undefined =>
  [...snapshot.all('ValidatingWebhookConfiguration'), ...snapshot.all('MutatingWebhookConfiguration')].flatMap(
    (configuration) =>
      (configuration.webhooks ?? []).flatMap(
        ({ name, failurePolicy = 'Fail', clientConfig }, index): readonly Registration[] =>
          name === webhook
            ? [
                {
                  ref: refOf(configuration),
                  field: `webhooks[${index}]`,
                  failurePolicy,
                  untrusted: untrusted(configuration.metadata.annotations, clientConfig),
                },
              ]
            : [],
      ),
  )[0];

/** The workloads behind a webhook that are not created because it cannot be called: it waits for itself. */
export function selfGuarded(snapshot: Snapshot, { webhook, service: ref }: FailedCall): readonly ObjectRef[] {
  const service: Service | undefined = ref && snapshot.find('Service', ref.namespace, ref.name);
  if (service === undefined) return [];
  const behind = new Set(selectedWorkloads(snapshot, service).map(keyOf));
  return creationFailures(snapshot)
    .filter(({ owner, reason }) => behind.has(keyOf(owner)) && failedCallIn(reason)?.webhook === webhook)
    .map(({ owner }) => owner);
}
