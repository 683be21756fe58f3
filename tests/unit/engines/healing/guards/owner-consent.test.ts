import { describe, expect, it } from 'vitest';
import { ownerConsent } from '../../../../../src/engines/healing/guards/owner-consent.ts';
import { anObject, aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aPolicy,
  aSituation,
  evict,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const healing = (value: string) => ({ annotations: { 'kubemend.dev/heal': value } });
const namespace = (value: string) => anObject('Namespace', 'shop', { metadata: healing(value) });
const optIn = { namespaces: ['shop'], actions: ['restart_workload'], tier: 'unattended' };
const finding = { rule: 'config-stale-in-pod', object: web, summary: '', confidence: 0.9 };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);

describe('G15, consent of the owner', () => {
  it('refuses when the object opts out, whatever the policy says', () => {
    const out = aLiveDeployment({ metadata: healing('false') }).target;
    const policy = aPolicy({ rules: [optIn] });

    expect(saidBy(ownerConsent, draft, aSituation({ target: out, policy }))).toBe(
      'refuse: Deployment/web says kubemend.dev/heal: false. Instead: ask its owner, who may take that back',
    );
  });

  it('refuses when the namespace opts out, even where the object opts in', () => {
    const eager = aLiveDeployment({ metadata: healing('unattended') }).target;

    expect(saidBy(ownerConsent, draft, aSituation({ namespace: namespace('Disabled'), target: eager }))).toContain(
      'refuse: Namespace/shop says kubemend.dev/heal: disabled.',
    );
  });

  it('refuses to evict a pod of a workload that opts out', () => {
    const { all, pods } = aLiveDeployment({ metadata: healing('false') });
    const pod = pods[0] ?? aPod('none');

    expect(saidBy(ownerConsent, aDraft(evict(web), pod), aSituation({ target: pod, objects: all }))).toContain(
      'refuse: Deployment/web says',
    );
  });

  it('asks about a value that it does not know', () => {
    expect(saidBy(ownerConsent, draft, aSituation({ namespace: namespace('maybe') }))).toContain(
      'approve: Namespace/shop says kubemend.dev/heal: maybe, which is no value that is known.',
    );
  });

  it('allows people to be asked where nobody opts out', () => {
    expect(saidBy(ownerConsent, draft, aSituation())).toBe('allow: Neither Deployment/web nor its namespace opts out.');
  });

  it('does nothing alone without an opt-in', () => {
    expect(saidBy(ownerConsent, draft, aSituation({ tier: 'unattended', finding }))).toBe(
      'approve: Neither Deployment/web, its namespace nor the policy opts in to actions that nobody is asked for.',
    );
  });

  it('allows what is on the list alone, when the namespace or the policy opts in', () => {
    const policy = aPolicy({ rules: [optIn] });

    expect(
      saidBy(ownerConsent, draft, aSituation({ tier: 'unattended', finding, namespace: namespace('unattended') })),
    ).toBe('allow: Namespace/shop opts in to restart_workload for config-stale-in-pod without asking.');
    expect(saidBy(ownerConsent, draft, aSituation({ tier: 'unattended', finding, policy }))).toBe(
      'allow: The policy (rules[0] (namespaces: shop; actions: restart_workload)) opts in to restart_workload for config-stale-in-pod without asking.',
    );
  });

  it('does nothing alone that is not on the list', () => {
    const situation = aSituation({ tier: 'unattended', finding, namespace: namespace('unattended') });

    expect(saidBy(ownerConsent, aDraft(scale(web, 5), target), situation)).toBe(
      'approve: scale_workload for config-stale-in-pod is nothing that is ever done without asking.',
    );
  });

  it('lets no pod go alone that serves, whatever was found', () => {
    const leftovers = { ...finding, rule: 'pod-failed-leftovers' };
    const pod = (status: Readonly<Record<string, unknown>>) => aPod('web-1', { status });
    const said = (target: ReturnType<typeof pod>) =>
      saidBy(
        ownerConsent,
        aDraft(evict(web), target),
        aSituation({ target, finding: leftovers, tier: 'unattended', namespace: namespace('unattended') }),
      );

    expect(said(pod({}))).toBe(
      'approve: Pod/web-1 is neither a leftover nor broken, so a person is asked before it goes.',
    );
    expect(said(pod({ phase: 'Failed', reason: 'Evicted' }))).toContain('allow: Namespace/shop opts in to evict_pod');
  });

  it('says so when the namespace was not read, and does not fail on a bare object', () => {
    const elsewhere = aLiveDeployment({ metadata: { namespace: 'cart' } }).target;
    const bare = aBareObject('Deployment');

    expect(saidBy(ownerConsent, draft, aSituation({ target: elsewhere }))).toContain(
      'approve: Namespace/cart was not read',
    );
    expect(
      saidBy(ownerConsent, aDraft(restart(web), bare), aSituation({ target: bare, tier: 'unattended' })),
    ).toContain('approve: ');
  });
});
