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

const syncerKinds = new Set([
  'ExternalSecret',
  'SealedSecret',
  'Certificate',
  'VaultStaticSecret',
  'SecretProviderClass',
]);

/** The object from which a controller makes this Secret: an ExternalSecret, a SealedSecret, a Certificate. */
export function syncerOf(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): KubernetesObject | undefined {
  if (kind !== 'Secret') return undefined;
  return snapshot.data.objects.find((object) => {
    if (!syncerKinds.has(object.kind) || object.metadata.namespace !== namespace) return false;
    const { spec } = object as KubernetesObject & Syncer;
    const made = spec?.target?.name ?? spec?.secretName ?? spec?.template?.metadata?.name ?? object.metadata.name;
    return made === name;
  });
}

/** What the maker of a missing Secret says; empty when nobody makes it. */
export function syncerEvidence(snapshot: Snapshot, missing: ObjectRef) {
  const syncer = syncerOf(snapshot, missing);
  if (syncer === undefined) return [];
  const { status } = syncer as KubernetesObject & Syncer;
  const failed = status?.conditions?.find(({ status: value }) => value === 'False');
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
