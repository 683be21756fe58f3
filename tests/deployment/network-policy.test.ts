import { describe, expect, it } from 'vitest';
import { type Endpoint, endpointOfAddress } from '../../src/engines/network/endpoints.ts';
import {
  type Direction,
  every,
  matchesPeers,
  matchesPorts,
  type NetworkPolicy,
  rulesOf,
  selects,
} from '../../src/engines/network/policies.ts';
import { only, rendered } from './tools.ts';

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly { readonly ports: readonly { name: string; containerPort: number }[] }[];
  };
}

/** A pod with these labels, in a namespace that has only the label that all have. */
const aPod = (namespace: string, labels: Readonly<Record<string, string>>, ports: readonly [string, number][] = []) =>
  ({
    pod: {
      ref: { kind: 'Pod', namespace, name: 'some' },
      labels,
      namespace,
      namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
      namespaceKnown: true,
      hostNetwork: false,
      ports: ports.map(([name, port]) => ({ name, port, protocol: 'TCP' })),
    },
    addresses: ['10.244.0.9'],
    known: true,
  }) satisfies Endpoint;

/** What the policy of a release says, for its own pods. */
function release(values: string | object) {
  const manifests = rendered(values);
  const policy = only(manifests, 'NetworkPolicy') as unknown as NetworkPolicy;
  const { template } = only(manifests, 'Deployment')['spec'] as { template: PodTemplate };
  const ports = template.spec.containers.flatMap(({ ports: all }) =>
    all.map(({ name, containerPort }): [string, number] => [name, containerPort]),
  );
  const own = aPod('kubemend', template.metadata.labels, ports);
  const allowed = (direction: Direction, other: Endpoint, target: { port: number; protocol: string }) =>
    rulesOf(policy, direction).some(
      (rule) =>
        every([matchesPeers(rule, other), matchesPorts(rule, target, direction === 'ingress' ? own : other)]) === 'yes',
    );
  return {
    policy,
    own,
    lets: (other: Endpoint, port: number) => allowed('ingress', other, { port, protocol: 'TCP' }),
    reaches: (other: Endpoint, port: number, protocol = 'TCP') => allowed('egress', other, { port, protocol }),
  };
}

const internet = endpointOfAddress('198.51.100.7');
const apiServer = endpointOfAddress('172.30.0.1');

describe('the NetworkPolicy', () => {
  it('selects the pods of the service, and no others', () => {
    const { policy, own } = release({});

    expect(selects(policy, own.pod.labels)).toBe(true);
    expect(selects(policy, { ...own.pod.labels, 'app.kubernetes.io/component': 'test' })).toBe(false);
    expect(selects(policy, { ...own.pod.labels, 'app.kubernetes.io/instance': 'other' })).toBe(false);
    expect(selects(policy, { app: 'web' })).toBe(false);
    expect(policy.spec?.policyTypes).toEqual(['Ingress', 'Egress']);
  });

  it('selects what Service, PodDisruptionBudget and Deployment select', () => {
    const manifests = rendered({});
    const service = only(manifests, 'Service')['spec'] as { selector: object };
    const selectors = ['NetworkPolicy', 'PodDisruptionBudget', 'Deployment'].map((kind) => {
      const { podSelector, selector } = only(manifests, kind)['spec'] as { podSelector?: object; selector?: object };
      return podSelector ?? selector;
    });

    expect(selectors).toEqual(Array.from({ length: 3 }, () => ({ matchLabels: service.selector })));
  });

  it('lets everybody call and scrape, and reach nothing else, unless it is said who', () => {
    const { lets } = release({});

    expect([8080, 9090, 22].map((port) => lets(aPod('shop', { app: 'web' }), port))).toEqual([true, true, false]);
    expect(lets(internet, 8080)).toBe(true);
  });

  it('lets those call and scrape who are said to, and the test of the release', () => {
    const { lets } = release('networkpolicy-values.yaml');
    const ingress = aPod('ingress-nginx', {});
    const prometheus = aPod('monitoring', { 'app.kubernetes.io/name': 'prometheus' });
    const test = aPod('kubemend', { 'app.kubernetes.io/instance': 'kubemend', 'app.kubernetes.io/component': 'test' });

    expect([ingress, prometheus, test, aPod('shop', {}), internet].map((who) => lets(who, 8080))).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
    expect([ingress, prometheus, aPod('monitoring', {}), internet].map((who) => lets(who, 9090))).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('lets out to DNS and the API server alone, where nothing else is used', () => {
    const { reaches } = release({});

    expect([reaches(aPod('kube-system', {}), 53, 'UDP'), reaches(aPod('kube-system', {}), 53)]).toEqual([true, true]);
    expect([443, 6443].map((port) => reaches(apiServer, port))).toEqual([true, true]);
    expect([80, 6379, 4318, 5432].map((port) => reaches(internet, port))).toEqual([false, false, false, false]);
  });

  it('lets out to what is used, where it is said to be', () => {
    const { reaches } = release('networkpolicy-values.yaml');

    expect([reaches(apiServer, 6443), reaches(internet, 6443)]).toEqual([true, false]);
    expect([reaches(endpointOfAddress('203.0.113.9'), 443), reaches(internet, 443)]).toEqual([true, false]);
    const redis = { 'app.kubernetes.io/name': 'redis' };
    expect([reaches(aPod('kubemend', redis), 6379), reaches(aPod('shop', redis), 6379)]).toEqual([true, false]);
    expect([reaches(aPod('monitoring', {}), 4318), reaches(aPod('shop', {}), 4318)]).toEqual([true, false]);
  });

  it('follows the port of the metrics', () => {
    expect(release({ settings: { metricsPort: 9100 } }).lets(internet, 9100)).toBe(true);
  });
});
