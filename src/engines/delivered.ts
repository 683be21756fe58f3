import { type Delivery, deliveriesOf } from './deliveries.ts';
import { type KubernetesObject, type ObjectRef, refOf } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

/** One revision that was delivered to a workload. */
export interface Delivered {
  /** The Secret of a Helm revision, the Kustomization, HelmRelease or Application. */
  readonly object: ObjectRef;
  /** ISO 8601. */
  readonly at: string;
  readonly by: Delivery['by'];
  /** `Helm release web revision 3, deployed`. */
  readonly what: string;
}

/** The revisions that Helm, Flux and Argo CD remember of a workload, as far as they were read; in no order. */
export function deliveredTo(snapshot: Snapshot, workload: ObjectRef): readonly Delivered[] {
  const head = snapshot.head(workload);
  return head === undefined ? [] : deliveriesOf(head).flatMap((delivery) => revisionsOf(snapshot, delivery));
}

function revisionsOf(snapshot: Snapshot, delivery: Delivery): readonly Delivered[] {
  const { by, object } = delivery;
  if (by === 'Helm') {
    return [...snapshot.data.heads, ...snapshot.data.objects].flatMap((each) => {
      const { namespace, labels, creationTimestamp: at } = each.metadata;
      const what = helmRevision(each);
      const own = namespace === object.namespace && labels?.['name'] === object.name;
      return what === undefined || !own || at === undefined ? [] : [{ object: refOf(each), at, by, what }];
    });
  }
  const found = snapshot.head(object);
  return found === undefined
    ? []
    : (by === 'Flux' ? fluxRevisions(found) : argoRevisions(found)).map((each) => ({
        object,
        by,
        ...each,
      }));
}

/** `Helm release web revision 3, deployed`, by the labels of the Secret that keeps it; its content is not looked at. */
export function helmRevision({ kind, metadata: { labels } }: KubernetesObject): string | undefined {
  const { owner, name, version, status } = labels ?? {};
  if (kind !== 'Secret' || owner !== 'helm' || name === undefined || version === undefined) return undefined;
  return `Helm release ${name} revision ${version}${status === undefined ? '' : `, ${status}`}`;
}

interface Reported {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly lastTransitionTime?: string;
    }[];
    /** Kustomization. */
    readonly lastAppliedRevision?: string;
    /** Of a HelmRelease its releases, of an Application its syncs. */
    readonly history?: readonly {
      readonly chartVersion?: string;
      readonly version?: number;
      readonly lastDeployed?: string;
      readonly revision?: string;
      readonly deployedAt?: string;
    }[];
  };
}

type Revision = Pick<Delivered, 'at' | 'what'>;

/** The time of a condition is that of its last change, and the message names the revision (fluxcd/pkg `conditions.Set`). */
function fluxRevisions(object: KubernetesObject): readonly Revision[] {
  const { status } = object as KubernetesObject & Reported;
  const name = `${object.kind} ${object.metadata.name}`;
  const ready = status?.conditions?.find(({ type, status: value }) => type === 'Ready' && value === 'True');
  const applied = status?.lastAppliedRevision;
  return [
    ...(ready?.lastTransitionTime === undefined || applied === undefined
      ? []
      : [{ at: ready.lastTransitionTime, what: `${name} applied ${short(applied)}` }]),
    ...historyOf(status).flatMap(({ chartVersion, version, lastDeployed: at }) =>
      at === undefined || version === undefined
        ? []
        : [{ at, what: `${name} revision ${version}${chartVersion === undefined ? '' : `, chart ${chartVersion}`}` }],
    ),
  ];
}

const argoRevisions = (object: KubernetesObject & Reported): readonly Revision[] =>
  historyOf(object.status).flatMap(({ revision, deployedAt: at }) =>
    at === undefined || revision === undefined
      ? []
      : [{ at, what: `Application ${object.metadata.name} synced ${short(revision)}` }],
  );

/** Whoever wrote an archive may have written anything. */
const historyOf = (status: Reported['status']) => (Array.isArray(status?.history) ? status.history : []);

/** A commit by what people copy of it: `main@sha1:0123456789ab`. */
const short = (revision: string): string => revision.replace(/\b([0-9a-f]{12})[0-9a-f]{28,}\b/, '$1');
