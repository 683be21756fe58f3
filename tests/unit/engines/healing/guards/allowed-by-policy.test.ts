import { describe, expect, it } from 'vitest';
import { allowedByPolicy } from '../../../../../src/engines/healing/guards/allowed-by-policy.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aPolicy,
  aSituation,
  cordon,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const { target } = aLiveDeployment();
const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const draft = aDraft(restart(web), target);

describe('G1, allowed by flag and policy', () => {
  it('refuses everything while healing is switched off', () => {
    expect(saidBy(allowedByPolicy, draft, aSituation({ healing: false }))).toBe(
      'refuse: Healing is switched off. Instead: start kubemend with --heal, or do it by hand',
    );
  });

  it('refuses in a denied namespace, and in one that is not among the allowed', () => {
    const denied = aPolicy({ namespaces: { deny: ['sh*'] } });
    const others = aPolicy({ namespaces: { allow: ['cart', 'pay-*'] } });

    expect(saidBy(allowedByPolicy, draft, aSituation({ policy: denied }))).toContain(
      'refuse: The policy denies restart_workload on Deployment/web, by namespaces.deny[0] (sh*): nothing is done in namespace shop.',
    );
    expect(saidBy(allowedByPolicy, draft, aSituation({ policy: others }))).toContain(
      'refuse: The policy denies restart_workload on Deployment/web, by namespaces.allow: namespace shop is not among those that are allowed.',
    );
  });

  it('refuses where the policy only gives advice, and names the rule', () => {
    const policy = aPolicy({
      rules: [
        { namespaces: ['cart'], tier: 'approve' },
        { actions: ['restart_workload'], tier: 'advice' },
      ],
    });

    expect(saidBy(allowedByPolicy, draft, aSituation({ policy }))).toBe(
      'refuse: The policy only gives advice on restart_workload on Deployment/web, by rules[1] (actions: restart_workload). Instead: do by hand what the plan shows, or raise the tier in the policy file',
    );
    expect(saidBy(allowedByPolicy, aDraft(scale(web, 4), target), aSituation({ policy }))).toBe(
      'allow: The policy lets a person approve scale_workload on Deployment/web, by default_tier.',
    );
  });

  it('wants a person asked where nobody would be and the policy only lets people approve', () => {
    expect(saidBy(allowedByPolicy, draft, aSituation({ tier: 'unattended' }))).toBe(
      'approve: The policy wants a person to approve restart_workload on Deployment/web, by default_tier.',
    );
  });

  it('allows what a rule for labels of the target allows', () => {
    const policy = aPolicy({
      rules: [{ namespaces: ['shop'], actions: ['restart_workload'], labels: { tier: 'front' }, tier: 'unattended' }],
    });
    const labelled = aLiveDeployment({ metadata: { labels: { tier: 'front' } } }).target;

    expect(saidBy(allowedByPolicy, draft, aSituation({ policy, target: labelled, tier: 'unattended' }))).toBe(
      'allow: The policy allows restart_workload on Deployment/web, by rules[0] (namespaces: shop; actions: restart_workload; labels: tier=front).',
    );
    expect(saidBy(allowedByPolicy, draft, aSituation({ policy, tier: 'unattended' }))).toContain('by default_tier');
  });

  it('takes for nodes only rules that name no namespace', () => {
    const node = aNode('node-2');
    const policy = aPolicy({ rules: [{ namespaces: ['*'], tier: 'approve' }, { tier: 'advice' }] });

    expect(
      saidBy(
        allowedByPolicy,
        aDraft(cordon({ kind: 'Node', name: 'node-2' }), node),
        aSituation({ policy, target: node }),
      ),
    ).toContain('refuse: The policy only gives advice on cordon_node on Node/node-2, by rules[1] (everything).');
  });

  it('leaves nodes alone where namespaces are restricted, as pods of all of them run there', () => {
    const node = aNode('node-2');
    const policy = aPolicy({ namespaces: { deny: ['pay'] } });

    expect(
      saidBy(
        allowedByPolicy,
        aDraft(cordon({ kind: 'Node', name: 'node-2' }), node),
        aSituation({ policy, target: node }),
      ),
    ).toContain(
      'refuse: The policy denies cordon_node on Node/node-2, by namespaces: nodes are left alone where namespaces are restricted',
    );
  });

  it('refuses a bare object that is nowhere', () => {
    const bare = aBareObject('Deployment');

    expect(saidBy(allowedByPolicy, aDraft(restart(web), bare), aSituation({ target: bare }))).toContain(
      'refuse: The policy denies restart_workload on Deployment/bare, by namespaces: the target has no namespace.',
    );
  });
});
