import { describe, expect, it } from 'vitest';
import { honestAboutReturn } from '../../../../../src/engines/healing/guards/honest-about-return.ts';
import { aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  drain,
  evict,
  restart,
  saidBy,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const pod = aPod('web-1', { spec: { volumes: [{ name: 'conf' }, { name: 'cache', emptyDir: {} }] } });

describe('G34, honest about the way back', () => {
  it('refuses a plan without a way back that does not say why', () => {
    expect(saidBy(honestAboutReturn, aDraft(restart(web), target, { inverse: [] }), aSituation())).toBe(
      'refuse: The plan for Deployment/web has no way back and does not say why. Instead: plan again',
    );
    expect(
      saidBy(honestAboutReturn, aDraft(evict(web), pod, { irreversible: ' ' }), aSituation({ target: pod })),
    ).toContain('refuse: The plan does not say that the eviction of 1 pod cannot be taken back.');
  });

  it('refuses a drain that only says how to uncordon', () => {
    const node = aNode('node-1');
    const draft = aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: [pod], irreversible: '' });

    expect(saidBy(honestAboutReturn, draft, aSituation({ target: node }))).toContain('refuse: ');
  });

  it('allows an eviction that says so, and tells what is lost with it', () => {
    expect(saidBy(honestAboutReturn, aDraft(evict(web), pod), aSituation({ target: pod }))).toBe(
      'allow: An eviction cannot be taken back: the pod is another one when it returns; what 1 pod keeps in emptyDir volumes is lost.',
    );
    const inMemory = aPod('web-1', {
      spec: { volumes: [{ name: 'run', emptyDir: { medium: 'Memory' } }, { name: 'conf' }] },
    });

    expect(saidBy(honestAboutReturn, aDraft(evict(web), inMemory), aSituation({ target: inMemory }))).not.toContain(
      'emptyDir',
    );
  });

  it('allows what can be undone, and asks about anything else that cannot', () => {
    const draft = aDraft(restart(web), target, { inverse: [], irreversible: 'the old pods are gone.' });

    expect(saidBy(honestAboutReturn, aDraft(restart(web), target), aSituation())).toContain(
      'allow: What was there before',
    );
    expect(saidBy(honestAboutReturn, draft, aSituation())).toBe(
      'approve: restart_workload on Deployment/web cannot be undone: the old pods are gone.',
    );
  });

  it('refuses the same of a bare object', () => {
    const bare = aBareObject('Deployment');

    expect(
      saidBy(honestAboutReturn, aDraft(restart(web), bare, { inverse: [] }), aSituation({ target: bare })),
    ).toContain('refuse: ');
  });
});
