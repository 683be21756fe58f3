import type { KubernetesObject, ObjectRef } from './objects.ts';
import { nameOf, refOf } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

/** What controllers that make Secrets and ConfigMaps say of their work, whatever their group and version. */
interface Syncer {
  readonly spec?: {
    readonly target?: { readonly name?: string };
    readonly secretName?: string;
    readonly template?: { readonly metadata?: { readonly name?: string } };
  };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** The makers that are read when a Secret is missing; an archive may hold others. */
export const syncerKinds = [
  { kind: 'Certificate', apiVersion: 'cert-manager.io/v1' },
  { kind: 'ExternalSecret', apiVersion: 'external-secrets.io/v1' },
  // Before External Secrets Operator 0.16.
  { kind: 'ExternalSecret', apiVersion: 'external-secrets.io/v1beta1' },
  { kind: 'SealedSecret', apiVersion: 'bitnami.com/v1alpha1' },
] as const;
const makers: ReadonlySet<string> = new Set([
  ...syncerKinds.map(({ kind }) => kind),
  'VaultStaticSecret',
  'SecretProviderClass',
]);

/** The object from which a controller makes this Secret: an ExternalSecret, a SealedSecret, a Certificate. */
export function syncerOf(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): KubernetesObject | undefined {
  if (kind !== 'Secret') return undefined;
  return snapshot.data.objects.find((object) => {
    if (!makers.has(object.kind) || object.metadata.namespace !== namespace) return false;
    const { spec } = object as KubernetesObject & Syncer;
    const made = spec?.target?.name ?? spec?.secretName ?? spec?.template?.metadata?.name ?? object.metadata.name;
    return made === name;
  });
}

/** What the maker of a missing Secret says; empty when nobody makes it. */
export function syncerEvidence(snapshot: Snapshot, missing: ObjectRef) {
  const syncer = syncerOf(snapshot, missing);
  if (syncer === undefined) return [];
  const failed = failureOf(syncer);
  const words = failed ? `: ${failed.reason ?? failed.type} ${failed.message ?? ''}`.trimEnd() : '';
  return [
    {
      object: refOf(syncer),
      source: 'status' as const,
      text: `${nameOf(refOf(syncer))} makes ${nameOf(missing)}${words}`,
      at: failed?.lastTransitionTime,
    },
  ];
}

const failureOf = (syncer: KubernetesObject & Syncer) =>
  syncer.status?.conditions?.find(({ status }) => status === 'False');

/** Characters of what a maker says. */
const mostWords = 200;

/** Why its maker has not made it, in that one's words: `ExternalSecret/db, which makes it, says: …`. */
export function syncerWords(syncer: KubernetesObject): string | undefined {
  const failed = failureOf(syncer);
  const said = failed?.message ?? failed?.reason;
  if (said === undefined) return undefined;
  return `${nameOf(refOf(syncer))}, which makes it, says: ${said.slice(0, mostWords)}`;
}
