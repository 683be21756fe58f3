import type { KubernetesObject, ObjectRef } from './objects.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/** Who delivers a workload, as its labels and annotations say. */
export interface Delivery {
  readonly by: 'Helm' | 'Flux' | 'Argo CD';
  /** The release, Kustomization, HelmRelease or Application. */
  readonly object: ObjectRef;
  readonly apiVersion: string;
}

const fluxKinds = [
  { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization' },
  { group: 'helm.toolkit.fluxcd.io', version: 'v2', kind: 'HelmRelease' },
] as const;
/** Where Argo CD keeps its Applications unless told otherwise; a workload names only the Application. */
const argoNamespace = 'argocd';

/** All that deliver this workload: a Helm release may itself come from Flux. */
export function deliveriesOf({ metadata }: KubernetesObject): readonly Delivery[] {
  const { labels = {}, annotations = {} } = metadata;
  const release = annotations['meta.helm.sh/release-name'];
  const flux = fluxKinds.flatMap(({ group, version, kind }): Delivery[] => {
    const [name, namespace] = [labels[`${group}/name`], labels[`${group}/namespace`]];
    return name === undefined || namespace === undefined
      ? []
      : [{ by: 'Flux', object: { kind, namespace, name }, apiVersion: `${group}/${version}` }];
  });
  const application =
    annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  const [argoName, argoHome = argoNamespace] = (application ?? '').split('_').toReversed();
  return [
    ...flux,
    ...(argoName
      ? [
          {
            by: 'Argo CD' as const,
            object: { kind: 'Application', namespace: argoHome, name: argoName },
            apiVersion: 'argoproj.io/v1alpha1',
          },
        ]
      : []),
    ...(release === undefined
      ? []
      : [
          {
            by: 'Helm' as const,
            object: {
              kind: 'Secret',
              namespace: annotations['meta.helm.sh/release-namespace'] ?? metadata.namespace,
              name: release,
            },
            apiVersion: 'v1',
          },
        ]),
  ];
}

/** What to read of a delivery: the object itself, or the labels of the Secrets in which Helm keeps its revisions. */
export const deliveryReads = ({ by, object: { kind, namespace, name }, apiVersion }: Delivery): Read =>
  by === 'Helm'
    ? { verb: 'list', kind, namespace, labelSelector: `owner=helm,name=${name}`, as: 'metadata' }
    : { verb: 'get', kind, apiVersion, namespace, name };

/** What a delivery says of itself when it is stuck. */
export interface Stuck {
  /** `release web revision 3 is pending-upgrade`. */
  readonly state: string;
  readonly object: ObjectRef;
  readonly text: string;
  readonly at: string | undefined;
  /** The last revision that went well. */
  readonly good: string | undefined;
}

export const stuckDelivery = (snapshot: Snapshot, delivery: Delivery): Stuck | undefined =>
  delivery.by === 'Helm' ? stuckRelease(snapshot, delivery) : stuckObject(snapshot, delivery);

/** Statuses of a Helm revision that block or spoil the next one (helm `release.Status`). */
const spoiled = /^(?:failed|pending-(?:install|upgrade|rollback)|uninstalling)$/;

function stuckRelease(snapshot: Snapshot, { object: { namespace, name } }: Delivery): Stuck | undefined {
  const revisions = [...snapshot.data.heads, ...snapshot.data.objects]
    .filter(
      ({ kind, metadata }) =>
        kind === 'Secret' &&
        metadata.namespace === namespace &&
        metadata.labels?.['owner'] === 'helm' &&
        metadata.labels['name'] === name,
    )
    .map(({ metadata }) => ({
      metadata,
      number: Number(metadata.labels?.['version']),
      status: metadata.labels?.['status'] ?? '',
    }))
    .filter(({ number }) => Number.isFinite(number))
    .toSorted((a, b) => b.number - a.number);
  const [newest] = revisions;
  if (newest === undefined || !spoiled.test(newest.status)) return undefined;
  const good = revisions.find(({ status }) => status === 'deployed' || status === 'superseded');
  return {
    state: `Helm release ${name} revision ${newest.number} is ${newest.status}`,
    object: { kind: 'Secret', namespace, name: newest.metadata.name },
    text: `labels: status ${newest.status}, version ${newest.number}`,
    at: newest.metadata.creationTimestamp,
    good: good === undefined ? undefined : String(good.number),
  };
}

interface Reported {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly lastAppliedRevision?: string;
    readonly operationState?: { readonly phase?: string; readonly message?: string; readonly finishedAt?: string };
    readonly sync?: { readonly status?: string; readonly revision?: string };
  };
}

function stuckObject(snapshot: Snapshot, { by, object }: Delivery): Stuck | undefined {
  const head = snapshot.head(object);
  if (head === undefined) return undefined;
  const { status } = head as KubernetesObject & Reported;
  const name = `${object.kind} ${object.namespace}/${object.name}`;
  if (by === 'Argo CD') {
    const { phase, message = '', finishedAt } = status?.operationState ?? {};
    if (phase !== 'Failed' && phase !== 'Error') return undefined;
    const text = `operationState ${phase}: ${message}; sync ${status?.sync?.status ?? 'unknown'}`;
    return { state: `${name} could not sync: ${message}`, object, text, at: finishedAt, good: undefined };
  }
  const ready = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'False');
  if (ready === undefined || ready.reason === 'Progressing' || ready.reason === 'DependencyNotReady') return undefined;
  return {
    state: `${name} is not Ready: ${ready.reason ?? ''}`,
    object,
    text: `Ready is False: ${ready.reason}: ${ready.message ?? ''}`,
    at: ready.lastTransitionTime,
    good: status?.lastAppliedRevision,
  };
}
