import { apply, kubectl } from './bed.ts';
import { type Live, objectOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const endedAgo = 2 * 24 * 3_600_000;

/**
 * A Deployment with so many pods that were evicted two days ago. They never had a node, so that nobody but the test says
 * how they ended.
 */
export async function withLeftovers(namespace: string, count: number, name = 'shop'): Promise<void> {
  await apply(namespace, aWorkload(name, { replicas: 1 }));
  await kubectl('rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=90s');
  const sets = await kubectl('get', 'replicasets', '-n', namespace, '-l', `app=${name}`, '-o', 'name');
  const { metadata, spec } = await objectOf(sets.trim(), namespace);
  // Pods that do not match its selector are let go by the controller, and those that have not ended are too many for it.
  const { matchLabels } = (spec as { selector: { matchLabels: object } }).selector;
  const names = Array.from({ length: count }, (_, index) => `${name}-left-${index}`);
  const made = (belonging: object) => apply(namespace, listOf(names.map((each) => aPod(each, belonging))));
  await made({});
  await Promise.all(
    names.map((each) =>
      kubectl('patch', 'pod', each, '-n', namespace, '--subresource=status', '-p', JSON.stringify(ended)),
    ),
  );
  await made({ labels: matchLabels, ownerReferences: [ownerOf(metadata)] });
}

const listOf = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

const ownerOf = ({ name, uid }: Live['metadata']) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  controller: true,
  name,
  uid,
});

const aPod = (name: string, belonging: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...belonging },
  spec: { schedulerName: 'nobody', containers: [{ name: 'app', image: 'busybox:1.36' }] },
});

const ended = {
  status: {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'PodFailed',
        lastTransitionTime: new Date(Date.now() - endedAgo).toISOString(),
      },
    ],
  },
};

/** The names of those that are left. */
export async function leftoversIn(namespace: string): Promise<readonly string[]> {
  const names = await kubectl('get', 'pods', '-n', namespace, '--field-selector=status.phase=Failed', '-o', 'name');
  return names.split('\n').filter((name) => name !== '');
}
