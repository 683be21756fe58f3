import { deliveriesOf, deliveryReads } from '../deliveries.ts';
import { keyOf, type ObjectRef, type Pod, refOf } from '../objects.ts';
import { podsOn } from '../pod-groups.ts';
import { isReady } from '../pods.ts';
import { fitsOf } from '../scheduling/node-fit.ts';
import { type LabelSelector, selectorText } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { claimMounts, claimsOf } from '../volumes/claims.ts';
import type { Action, ActionName } from './action.ts';
import { knownRevisions } from './known-revisions.ts';
import { type Need, needsOf } from './needs.ts';
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
/** Pods whose volumes are looked for. */
const maximumPods = 20;

/**
 * What the guards look at and a diagnosis may not have read, given what was read so far: asked again after each round
 * until it names nothing new. May name what was read already.
 */
export function guardReads(action: Action, snapshot: Snapshot): readonly Read[] {
  const { kind, namespace } = action.target;
  if (kind === 'Node') return ofNode(action, snapshot);
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
    ...(name === 'evict_pod' ? forSuccessor(target, snapshot) : []),
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
  return readsOfNeeds(
    knownRevisions(snapshot, refOf(workload)).flatMap(({ template }) =>
      needsOf(template?.spec, workload.metadata.namespace),
    ),
  );
}

const readsOfNeeds = (needs: readonly Need[]): readonly Read[] =>
  [...new Map(needs.map((need) => [keyOf(need), need])).values()].map(
    ({ kind, name, namespace }): Read => ({ verb: 'get', kind, name, namespace }),
  );

/** What the successor of a pod needs, and what is free on the nodes that might take it. */
function forSuccessor(ref: ObjectRef, snapshot: Snapshot): readonly Read[] {
  const pod = snapshot.find('Pod', ref.namespace, ref.name);
  if (pod === undefined || !isReady(pod)) return [];
  return [
    ...readsOfNeeds(needsOf(pod.spec, ref.namespace)),
    ...volumeReads(snapshot, pod),
    ...candidates(snapshot, pod).map(podsOfNode),
  ];
}

/** Its claims and their volumes, which may be tied to some nodes. */
const volumeReads = (snapshot: Snapshot, pod: Pod): readonly Read[] => [
  ...claimMounts(pod).map(
    ({ claim }): Read => ({
      verb: 'get',
      kind: 'PersistentVolumeClaim',
      namespace: pod.metadata.namespace,
      name: claim,
    }),
  ),
  ...claimsOf(snapshot, pod).flatMap(({ spec }): readonly Read[] =>
    spec?.volumeName ? [{ verb: 'get', kind: 'PersistentVolume', name: spec.volumeName }] : [],
  ),
];

/** Nodes that would take a pod if they have room, its own before others. */
const candidates = (snapshot: Snapshot, pod: Pod): readonly string[] => {
  const fits = fitsOf(snapshot, pod).filter(({ obstacles }) => [...obstacles].every((each) => each === 'capacity'));
  const names = fits.map(({ node }) => node.metadata.name);
  // Its place there becomes free: the others do not matter then.
  return names.includes(pod.spec?.nodeName ?? '') ? [] : names.slice(0, maximumNodes);
};

/** All nodes, the pods of this one, and the neighbours and owners of those. */
function ofNode({ name, target: { name: node } }: Action, snapshot: Snapshot): readonly Read[] {
  const namespaces = new Set(podsOn(snapshot, node).flatMap(({ metadata }) => metadata.namespace ?? []));
  return [
    { verb: 'list', kind: 'Node', as: 'full' },
    podsOfNode(node),
    ...(name === 'drain_node' ? forDrained(node, snapshot) : []),
    ...[...namespaces].flatMap((namespace): readonly Read[] => [
      { verb: 'get', kind: 'Namespace', name: namespace },
      ...listsIn(namespace, ['Pod', ...workloadLists]),
    ]),
  ];
}

/** The volumes of what a drain evicts, and what is on the nodes that may take it. */
const forDrained = (node: string, snapshot: Snapshot): readonly Read[] => [
  ...podsOn(snapshot, node)
    .filter((pod) => claimMounts(pod).length > 0)
    .slice(0, maximumPods)
    .flatMap((pod) => volumeReads(snapshot, pod)),
  ...othersThan(node, snapshot).map(podsOfNode),
];

/** Nodes that may take what a drain evicts. */
const othersThan = (node: string, snapshot: Snapshot): readonly string[] =>
  snapshot
    .all('Node')
    .filter(({ metadata, spec }) => metadata.name !== node && spec?.unschedulable !== true)
    .slice(0, maximumNodes)
    .map(({ metadata }) => metadata.name);
