import { anObject } from './builders.ts';

interface NodeFields {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly { key: string; value?: string; effect: string; timeAdded?: string }[];
  readonly unschedulable?: boolean;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly conditions?: readonly Readonly<Record<string, unknown>>[];
}

/** A Ready node with 4 cores, 8 GiB and room for 110 pods. */
export const aNode = (
  name: string,
  {
    labels = {},
    annotations = {},
    taints,
    unschedulable,
    allocatable,
    conditions = [{ type: 'Ready', status: 'True' }],
  }: NodeFields = {},
) =>
  anObject('Node', name, {
    metadata: { labels: { 'kubernetes.io/os': 'linux', ...labels }, annotations },
    spec: { taints, unschedulable },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable }, conditions },
  });

/** What the scheduler writes, with its count of nodes. */
export const unschedulable = (counts: string): string =>
  `0/4 nodes are available: ${counts}. no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.`;

/** A container's spec that asks for this much. */
export const asking = (requests: Readonly<Record<string, string>>) => ({
  containers: [{ name: 'app', image: 'registry.example/app:1.0', resources: { requests } }],
});

/** The taints and the cordon that Kubernetes sets. */
export const cordon = {
  key: 'node.kubernetes.io/unschedulable',
  effect: 'NoSchedule',
  timeAdded: '2026-11-23T11:00:00Z',
};
export const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' };
export const dedicated = { key: 'dedicated', value: 'batch', effect: 'NoSchedule' };
export const controlPlane = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
