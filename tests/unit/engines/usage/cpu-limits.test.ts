import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/engines/diagnosis/diagnose.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { cpuReads } from '../../../../src/engines/usage/cpu-limits.ts';
import { aContainer, aDeployment, anEvent, aSnapshot, minutesAgo, someData } from '../../../support/builders.ts';
import { podMetrics } from '../../../support/metrics.ts';

const late = 'Readiness probe failed: context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const slow = (resources: object): readonly KubernetesObject[] => {
  const { all, pods } = aDeployment('web', {
    replicas: 2,
    pod: {
      containers: [
        aContainer('app', {
          readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 2 },
          resources,
          status: { ready: false, started: true },
        }),
      ],
    },
  });
  const events = pods.map((pod) => ({
    ...anEvent(pod, 'Unhealthy', late),
    involvedObject: { kind: 'Pod', namespace: 'shop', name: pod.metadata.name, fieldPath: 'spec.containers{app}' },
  }));
  return [...all, ...events];
};
const limited = slow({ limits: { cpu: '50m' } });

describe('cpuReads', () => {
  it('asks for the usage of one pod of a workload whose probe is late under a CPU limit', () => {
    expect(cpuReads(aSnapshot({ objects: limited }))).toEqual([
      {
        verb: 'get',
        kind: 'PodMetrics',
        apiVersion: 'metrics.k8s.io/v1beta1',
        namespace: 'shop',
        name: 'web-5d8f-0',
      },
    ]);
  });

  it('asks for nothing where there is no limit, or where all is well', () => {
    expect(cpuReads(aSnapshot({ objects: slow({}) }))).toEqual([]);
    expect(cpuReads(aSnapshot({ objects: aDeployment('web').all }))).toEqual([]);
  });
});

describe('a probe that is late at the CPU limit', () => {
  const metrics = podMetrics('web-5d8f-0', { app: { cpu: '50m' } });

  it('is one cause with its symptom', () => {
    const { causes } = diagnose(
      someData({ objects: [...limited, { ...metrics, timestamp: minutesAgo(0.2) } as KubernetesObject] }),
    );

    expect(causes.map(({ rule, band }) => `${rule} ${band}`)).toEqual(['cpu-throttled likely']);
    expect(causes[0]?.chain.map(({ rule }) => rule)).toContain('probe-timeout');
  });

  it('stays a late probe where the metrics API is missing', () => {
    const { causes } = diagnose(someData({ objects: limited }));

    expect(causes.map(({ rule }) => rule)).toEqual(['probe-timeout']);
    expect(causes[0]?.missing_evidence).toEqual(['CPU usage of the container']);
  });
});
