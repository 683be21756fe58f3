import type { KubernetesObject } from '../../src/engines/objects.ts';
import { now } from './builders.ts';

const metrics = (kind: string, metadata: object, rest: object): KubernetesObject =>
  ({
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind,
    metadata,
    timestamp: now,
    window: '15s',
    ...rest,
  }) as unknown as KubernetesObject;

type Used = { readonly cpu?: string; readonly memory?: string };

/** What metrics-server says of a pod in `shop`, by container. */
export const podMetrics = (name: string, containers: Readonly<Record<string, Used>>, namespace = 'shop') =>
  metrics(
    'PodMetrics',
    { name, namespace },
    { containers: Object.entries(containers).map(([container, usage]) => ({ name: container, usage })) },
  );

export const nodeMetrics = (name: string, usage: Used) => metrics('NodeMetrics', { name }, { usage });
