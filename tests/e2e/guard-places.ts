import { apply, kubectl } from './bed.ts';
import type { Healer } from './healer.ts';
import { aBarePod, aBudgetOver, aWorkload, type Wanted } from './workloads.ts';

export const applied = (namespace: string, ...manifests: readonly (string | object)[]): Promise<string> =>
  apply(namespace, manifests.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n---\n'));

const patience = '--timeout=120s';
export const available = (namespace: string, ...names: readonly string[]): Promise<string> =>
  kubectl('wait', ...names.map((name) => `deployment/${name}`), '-n', namespace, '--for=condition=Available', patience);

/** Where nothing but a plan is wanted, no pod has to run. */
const withoutPods = (name: string, wanted: Wanted = {}): string => aWorkload(name, { replicas: 0, ...wanted });

/** Where all is well. Side by side stands what differs in the one thing that a guard looks at. */
export async function calm({ namespace }: Healer): Promise<void> {
  const one = { replicas: 1 };
  await applied(
    namespace,
    ...['web', 'roomy', 'budgeted'].map((name) => aWorkload(name)),
    aBudgetOver('roomy', { minAvailable: 1 }),
    aBudgetOver('budgeted', { minAvailable: 2 }),
    aBarePod('bare'),
    aWorkload('solo', one),
    aWorkload('recreated', { ...one, spec: { strategy: { type: 'Recreate' } } }),
    aWorkload('scaled', one),
    anAutoscalerOf('scaled'),
    withoutPods('advised', { labels: { e2e: 'advised' } }),
    withoutPods('shielded', { labels: { 'kubemend.dev/protected': 'true' } }),
    withoutPods('unshielded', { labels: { 'kubemend.dev/protected': 'false' } }),
    withoutPods('opted-out', { annotations: { 'kubemend.dev/heal': 'false' } }),
    withoutPods('opted-in', { annotations: { 'kubemend.dev/heal': 'true' } }),
    withoutPods('paused', { spec: { paused: true } }),
    withoutPods('resumed', { spec: { paused: false } }),
    ...statefulSets,
    ...delivered(namespace),
    ...versions('nginx:1.27'),
  );
  await applied(namespace, ...versions('busybox:1.36'));
  await writtenBy(namespace, 'deployment/by-flux', 'kustomize-controller');
  await writtenBy(namespace, 'deployment/by-hand', 'kubectl-annotate');
  await available(namespace, 'web', 'roomy', 'budgeted', 'solo', 'recreated', 'scaled');
  await kubectl('rollout', 'status', 'statefulset/members', '-n', namespace, patience);
}

const writtenBy = (namespace: string, object: string, manager: string): Promise<string> =>
  kubectl('annotate', object, 'note=seen', '-n', namespace, `--field-manager=${manager}`);

const statefulSets: readonly string[] = [
  aWorkload('members', { kind: 'StatefulSet', replicas: 3, spec: { podManagementPolicy: 'Parallel' } }),
  ...['Delete', 'Retain'].map((whenScaled) =>
    aWorkload(`claims-${whenScaled.toLowerCase()}`, {
      kind: 'StatefulSet',
      replicas: 1,
      spec: { persistentVolumeClaimRetentionPolicy: { whenScaled } },
    }),
  ),
];

/** Twice applied, an image is one that was there before. */
const versions = (image: string): readonly string[] =>
  ['migrate', 'warm-up'].map((name) =>
    withoutPods(name, { image, pod: { initContainers: [{ name, image: 'busybox:1.36', command: ['true'] }] } }),
  );

/** Delivered by somebody, by nobody, and by somebody who is suspended. */
function delivered(namespace: string): readonly (string | object)[] {
  const group = 'kustomize.toolkit.fluxcd.io';
  const by = (name: string) => ({ [`${group}/name`]: name, [`${group}/namespace`]: namespace });
  return [
    withoutPods('argo', { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/argo' } }),
    withoutPods('chart', { annotations: { 'meta.helm.sh/release-name': 'chart' } }),
    withoutPods('plain', { labels: { 'app.kubernetes.io/instance': 'shop' } }),
    withoutPods('by-flux'),
    withoutPods('by-hand'),
    ...[true, false].flatMap((suspend) => {
      const name = suspend ? 'asleep' : 'awake';
      return [
        { apiVersion: `${group}/v1`, kind: 'Kustomization', metadata: { name }, spec: { suspend } },
        withoutPods(name, { labels: by(name) }),
      ];
    }),
  ];
}

const anAutoscalerOf = (name: string): object => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 1,
    maxReplicas: 4,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  },
});
