import { deliveriesOf, deliveryReads } from '../deliveries.ts';
import { keyOf, refOf } from '../objects.ts';
import { podsOn } from '../pod-groups.ts';
import { referencesOf } from '../references.ts';
import { type LabelSelector, selectorText } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import type { Action, ActionName } from './action.ts';
import { knownRevisions } from './known-revisions.ts';
import { affectedWorkload, type Workload } from './subject.ts';

/** What owns pods, counts them, or keeps them from going. */
const workloadLists = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'PodDisruptionBudget'] as const;
const scalingLists = ['HorizontalPodAutoscaler', 'ResourceQuota'] as const;
/** Kinds of others that set what an action would set; absent where they are not served. */
const customLists = [
  { kind: 'ScaledObject', apiVersion: 'keda.sh/v1alpha1' },
  { kind: 'VerticalPodAutoscaler', apiVersion: 'autoscaling.k8s.io/v1' },
] as const;
/** Nodes whose pods are read to know what is free there. */
const maximumNodes = 10;
const clusterScoped: ReadonlySet<string> = new Set(['PriorityClass', 'RuntimeClass']);

/**
 * What the guards look at and a diagnosis may not have read, given what was read so far: asked again after each round
 * until it names nothing new. May name what was read already.
 */
export function guardReads(action: Action, snapshot: Snapshot): readonly Read[] {
  const { kind, namespace } = action.target;
  if (kind === 'Node') return ofNode(action.target.name, snapshot);
  if (namespace === undefined) return [];
  return [
    { verb: 'get', kind: 'Namespace', name: namespace },
    { verb: 'list', kind: 'Node', as: 'full' },
    ...listsIn(namespace, [...workloadLists, ...scalingLists]),
    ...customLists.map((each): Read => ({ verb: 'list', namespace, as: 'full', ...each })),
    { verb: 'list', kind: 'ControllerRevision', apiVersion: 'apps/v1', namespace, as: 'full' },
    ...ofWorkload(action, snapshot),
  ];
}

const listsIn = (namespace: string, kinds: readonly string[]): readonly Read[] =>
  kinds.map((kind): Read => ({ verb: 'list', kind, namespace, as: 'full' }));

type Selecting = Workload & { readonly spec?: { readonly selector?: LabelSelector | undefined } | undefined };

/** Its pods, what is free on their nodes, whoever delivers it, and what its revisions need. */
function ofWorkload({ target, name }: Action, snapshot: Snapshot): readonly Read[] {
  const head = snapshot.head(target);
  const workload: Selecting | undefined = head && snapshot.head(affectedWorkload({ snapshot, target: head }));
  if (workload === undefined) return [];
  const { namespace } = target;
  const { selector } = workload.spec ?? {};
  const homes = snapshot.all('Pod', namespace).flatMap(({ spec }) => spec?.nodeName || []);
  // What has no pod yet may come to any node.
  const nodes = new Set(homes.length > 0 ? homes : snapshot.all('Node').map((node) => node.metadata.name));
  return [
    // An empty selector is for custom kinds, which may mean anything by it.
    ...(selector?.matchLabels === undefined
      ? []
      : [{ verb: 'list', kind: 'Pod', namespace, labelSelector: selectorText(selector), as: 'full' } as const]),
    ...(name === 'resize_workload' ? [...nodes].slice(0, maximumNodes).map(podsOfNode) : []),
    ...deliveriesOf(workload).map(deliveryReads),
    ...(name === 'rollback_workload' ? neededByRevisions(snapshot, workload) : []),
    ...(changesVersion.has(name) ? definitionsWith(workload) : []),
  ];
}

const changesVersion: ReadonlySet<ActionName> = new Set(['rollback_workload', 'set_image', 'undo_action']);

/** Definitions of custom kinds that came with the workload: their objects do not go back with its version (G21). */
function definitionsWith({ metadata: { labels } }: Workload): readonly Read[] {
  const release = labels?.[releaseLabel];
  const apiVersion = 'apiextensions.k8s.io/v1';
  const labelSelector = `${releaseLabel}=${release}`;
  return release === undefined
    ? []
    : [{ verb: 'list', kind: 'CustomResourceDefinition', apiVersion, labelSelector, as: 'metadata' }];
}

const releaseLabel = 'app.kubernetes.io/instance';

const podsOfNode = (node: string): Read => ({
  verb: 'list',
  kind: 'Pod',
  fieldSelector: `spec.nodeName=${node}`,
  as: 'full',
});

function neededByRevisions(snapshot: Snapshot, workload: Workload): readonly Read[] {
  const needed = knownRevisions(snapshot, refOf(workload)).flatMap(({ template }) =>
    referencesOf(template?.spec)
      .filter(({ optional }) => !optional)
      .map(({ kind, name }) => ({
        kind,
        name,
        namespace: clusterScoped.has(kind) ? undefined : workload.metadata.namespace,
      })),
  );
  return [...new Map(needed.map((ref) => [keyOf(ref), ref])).values()].map((ref): Read => ({ verb: 'get', ...ref }));
}

/** All nodes, the pods of this one, and the neighbours and owners of those. */
function ofNode(node: string, snapshot: Snapshot): readonly Read[] {
  const namespaces = new Set(podsOn(snapshot, node).flatMap(({ metadata }) => metadata.namespace ?? []));
  return [
    { verb: 'list', kind: 'Node', as: 'full' },
    podsOfNode(node),
    ...[...namespaces].flatMap((namespace): readonly Read[] => [
      { verb: 'get', kind: 'Namespace', name: namespace },
      ...listsIn(namespace, ['Pod', ...workloadLists]),
    ]),
  ];
}
