import { describe, expect, it } from 'vitest';
import { protectedObjects } from '../../../../../src/engines/healing/guards/protected-objects.ts';
import { aPod, ownedBy } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aPolicy,
  aSituation,
  drain,
  evict,
  live,
  restart,
  saidBy,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const saidOf = (fields: Parameters<typeof aLiveDeployment>[0], more: Parameters<typeof aSituation>[0] = {}) => {
  const { target } = aLiveDeployment(fields);
  return saidBy(protectedObjects, aDraft(restart(web), target), aSituation({ target, ...more }));
};

describe('G14, protected objects', () => {
  it.each([
    ['kube-system', 'kube-*'],
    ['calico-system', 'calico-*'],
    ['longhorn-system', 'longhorn-*'],
    ['ingress-nginx', 'ingress-*'],
    ['cert-manager', 'cert-manager*'],
    ['argocd', 'argocd*'],
    ['flux-system', 'flux-*'],
  ])('refuses in namespace %s', (namespace, pattern) => {
    expect(saidOf({ metadata: { namespace } })).toBe(
      `refuse: Deployment/web is in the protected namespace ${namespace} (${pattern}). Instead: a person may do it with kubectl`,
    );
  });

  it('allows a namespace whose name only resembles one', () => {
    expect(saidOf({ metadata: { namespace: 'my-kube-shop' } })).toContain('allow: ');
  });

  it('refuses in its own namespace', () => {
    expect(saidOf({}, { ownNamespace: 'shop' })).toContain('Deployment/web is in the namespace of kubemend itself.');
    expect(saidOf({}, { ownNamespace: 'kubemend' })).toContain('allow: ');
  });

  it('refuses what has a protected label', () => {
    const policy = aPolicy({ protected_labels: { tier: 'payment' } });

    expect(saidOf({ metadata: { labels: { 'kubemend.dev/protected': 'true' } } })).toContain(
      'Deployment/web has the protected label kubemend.dev/protected=true.',
    );
    expect(saidOf({ metadata: { labels: { tier: 'payment' } } }, { policy })).toContain('tier=payment');
    expect(saidOf({ metadata: { labels: { 'kubemend.dev/protected': 'false' } } })).toContain('allow: ');
  });

  it('refuses what has a system priority', () => {
    expect(saidOf({ pod: { spec: { priorityClassName: 'system-cluster-critical' } } })).toContain(
      'Deployment/web has the priority class system-cluster-critical.',
    );
    expect(saidOf({ pod: { spec: { priorityClassName: 'high' } } })).toContain('allow: ');
  });

  it('protects the pods of a protected workload', () => {
    const { all, pods } = aLiveDeployment({ metadata: { labels: { 'kubemend.dev/protected': 'true' } } });
    const pod = pods[0] ?? aPod('none');

    expect(saidBy(protectedObjects, aDraft(evict(web), pod), aSituation({ target: pod, objects: all }))).toContain(
      'refuse: Deployment/web has the protected label',
    );
  });

  it('asks before a drain moves protected pods, and refuses to move itself', () => {
    const node = aNode('node-1');
    const dns = aPod('coredns-1', { metadata: live({ namespace: 'kube-system' }) });
    const own = aPod('kubemend-1', { metadata: live({ namespace: 'kubemend', ...ownedBy(node) }) });
    const draft = aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: [dns, own] });
    const situation = { target: node, objects: [dns, own] };

    expect(saidBy(protectedObjects, draft, aSituation(situation))).toContain(
      'approve: Protected pods would have to move: Pod/coredns-1 is in the protected namespace kube-system',
    );
    expect(saidBy(protectedObjects, draft, aSituation({ ...situation, ownNamespace: 'kubemend' }))).toContain(
      'refuse: Pod/kubemend-1 of kubemend itself runs on Node/node-1.',
    );
  });

  it('does not fail on a bare object, and still sees its namespace', () => {
    const bare = { ...aBareObject('Deployment'), metadata: { name: 'bare', namespace: 'kube-system' } };

    expect(saidBy(protectedObjects, aDraft(restart(web), bare), aSituation({ target: bare }))).toContain('refuse: ');
  });
});
