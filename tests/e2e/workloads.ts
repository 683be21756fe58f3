/** Manifests of workloads that do nothing but run, as JSON, which kubectl takes as well. */

export interface Wanted {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly replicas?: number;
  readonly image?: string;
  readonly command?: readonly string[];
  /** Of the container. */
  readonly container?: object;
  /** Of the workload: strategy, paused, … */
  readonly spec?: object;
  /** Of the pod. */
  readonly pod?: object;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the workload, not of its pods. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A workload whose pods have the label `app`. */
export function aWorkload(name: string, wanted: Wanted = {}): string {
  const { kind = 'Deployment', replicas = 2, annotations } = wanted;
  const selected = { app: name };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, annotations, labels: wanted.labels },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: selected },
      template: { metadata: { labels: selected }, spec: podSpec(wanted) },
      ...wanted.spec,
    },
  });
}

export const aBarePod = (name: string, wanted: Wanted = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: podSpec(wanted) });

const podSpec = ({ image = 'busybox:1.36', command = ['sleep', '3600'], container, pod }: Wanted): object => ({
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'app', image, command, resources: { requests: { cpu: '1m', memory: '4Mi' } }, ...container }],
  ...pod,
});

/** A Service in front of the pods with the label `app`. */
export const aServiceOf = (app: string, targetPort = 8080): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app },
    spec: { selector: { app }, ports: [{ port: 80, targetPort }] },
  });

export const aBudgetOver = (app: string, spec: object): string =>
  JSON.stringify({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app },
    spec: { selector: { matchLabels: { app } }, ...spec },
  });

/** A kind of nobody's, with a scale subresource and a status that an operator would write. */
export const scalableKind = JSON.stringify({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'fleets.e2e.kubemend.dev' },
  spec: {
    group: 'e2e.kubemend.dev',
    scope: 'Namespaced',
    names: { kind: 'Fleet', plural: 'fleets', singular: 'fleet' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
      },
    ],
  },
});

export const aFleet = (name: string, replicas: number): string =>
  JSON.stringify({ apiVersion: 'e2e.kubemend.dev/v1', kind: 'Fleet', metadata: { name }, spec: { replicas } });
