import { describe, expect, it } from 'vitest';
import type { KubernetesObject, Pod } from '../../../../src/engines/objects.ts';
import { podUsages } from '../../../../src/engines/usage/pods.ts';
import { aContainer, aPod, aSnapshot } from '../../../support/builders.ts';
import { podMetrics } from '../../../support/metrics.ts';

const limits = (cpu: string, memory: string, more: object = {}) => ({
  resources: { limits: { cpu, memory }, ...more },
});
const usages = (pods: readonly Pod[], measured: readonly KubernetesObject[] = []) =>
  podUsages(aSnapshot({ objects: [...pods, ...measured] }), pods);
const names = (pods: readonly Pod[], measured: readonly KubernetesObject[]) =>
  usages(pods, measured).map(({ pod }) => pod.metadata.name);

describe('what a pod uses', () => {
  it('is the sum of its containers, beside its requests and limits', () => {
    const requests = { requests: { cpu: '50m', memory: '32Mi' } };
    const pod = aPod('web', {
      containers: [aContainer('app', limits('200m', '64Mi', requests)), aContainer('proxy', limits('100m', '64Mi'))],
    });
    const measured = podMetrics('web', {
      app: { cpu: '100000000n', memory: '16Mi' },
      proxy: { cpu: '20m', memory: '48Mi' },
    });

    expect(usages([pod], [measured])[0]).toMatchObject({
      cpu: { used: expect.closeTo(0.12), request: 0.05, limit: expect.closeTo(0.3) },
      memory: { used: 2 ** 26, request: 2 ** 25, limit: 2 ** 27 },
      nearest: { container: 'proxy', resource: 'memory', of: 'limit', share: 0.75 },
    });
  });

  it('has no limit as a whole when one of its containers has none', () => {
    const pod = aPod('web', { containers: [aContainer('app', limits('1', '64Mi')), aContainer('proxy')] });

    expect(usages([pod], [podMetrics('web', { app: { cpu: '1m', memory: '1Mi' } })])[0]?.memory.limit).toBeUndefined();
  });

  it('is held against the pod’s own limit', () => {
    const pod = aPod('web', { spec: { resources: { limits: { memory: '100Mi' } } } });
    const [usage] = usages([pod], [podMetrics('web', { app: { memory: '90Mi', cpu: '1m' } })]);

    expect(usage?.nearest).toMatchObject({ resource: 'memory', of: 'limit', share: 0.9 });
    expect(usage?.memory.limit).toBe(100 * 2 ** 20);
  });

  it('is held against the limit that was resized in place', () => {
    const app = aContainer('app', { ...limits('1', '64Mi'), status: limits('1', '128Mi') });
    const [usage] = usages([aPod('web', { containers: [app] })], [podMetrics('web', { app: { memory: '64Mi' } })]);

    expect(usage?.nearest?.share).toBe(0.5);
  });

  it('is held against its request when it has no limit', () => {
    const app = aContainer('app', { resources: { requests: { memory: '10Mi' } } });
    const [usage] = usages([aPod('web', { containers: [app] })], [podMetrics('web', { app: { memory: '30Mi' } })]);

    expect(usage?.nearest).toMatchObject({ of: 'request', share: 3 });
  });

  it('is not known when nothing was measured', () => {
    const [usage] = usages([aPod('web', { containers: [aContainer('app', limits('1', '64Mi'))] })]);

    expect(usage?.memory).toEqual({ used: undefined, request: undefined, limit: 2 ** 26 });
    expect(usage?.nearest).toBeUndefined();
  });
});

describe('the order of pods', () => {
  it('is by what is nearest to a limit, then to a request, then by memory', () => {
    const limited = (name: string) => aPod(name, { containers: [aContainer('app', limits('1', '100Mi'))] });
    const asking = aPod('asking', { containers: [aContainer('app', { resources: { requests: { memory: '1Mi' } } })] });
    const pods = [aPod('free'), asking, limited('low'), limited('high'), aPod('hungry')];
    const use = (name: string, memory: string) => podMetrics(name, { app: { cpu: '1m', memory } });
    const measured = [
      use('free', '1Mi'),
      use('asking', '9Mi'),
      use('low', '5Mi'),
      use('high', '90Mi'),
      use('hungry', '2Gi'),
    ];

    expect(names(pods, measured)).toEqual(['high', 'low', 'asking', 'hungry', 'free']);
  });

  it('leaves out what has ended or has no node', () => {
    const ended = aPod('ended', { status: { phase: 'Succeeded' } });
    const pending = aPod('pending', { spec: { nodeName: undefined } });

    expect(names([ended, pending, aPod('web')], [])).toEqual(['web']);
  });

  it('survives half-filled objects', () => {
    const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare' }, spec: { nodeName: 'n' } } as Pod;
    const hollow = { apiVersion: 'v1', kind: 'PodMetrics', metadata: { name: 'bare' }, containers: [{}] };

    expect(usages([bare], [hollow as unknown as KubernetesObject])).toHaveLength(1);
  });
});
