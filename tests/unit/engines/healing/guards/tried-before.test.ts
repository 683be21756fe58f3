import { describe, expect, it } from 'vitest';
import { triedBefore } from '../../../../../src/engines/healing/guards/tried-before.ts';
import { type KubernetesObject, refOf } from '../../../../../src/engines/objects.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aSituation,
  restart,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);
const unexpected: readonly string[] = [];

describe('G8, tried before', () => {
  it('refuses what the API server would refuse, in its words', () => {
    const dryRun = { write: { ok: false, message: 'admission webhook "policy" denied the request' }, unexpected };

    expect(saidBy(triedBefore, draft, aSituation({ dryRun }))).toBe(
      'refuse: The API server would refuse the change of Deployment/web: admission webhook "policy" denied the request. Instead: mend what it names, then plan again',
    );
  });

  it('refuses a template of which no pod would be let in', () => {
    const dryRun = { write: { ok: true }, pod: { ok: false, message: 'exceeded quota: small' }, unexpected };

    expect(saidBy(triedBefore, draft, aSituation({ dryRun }))).toContain(
      'would refuse the pods of the new template of Deployment/web: exceeded quota: small.',
    );
  });

  it('asks where the quota is full and each pod goes before the next one comes', () => {
    const refusal = 'exceeded quota: small, requested: limits.memory=64Mi,pods=1, used: pods=3, limited: pods=3';
    const dryRun = { write: { ok: true }, pod: { ok: false, message: refusal }, unexpected };
    const said = (set: KubernetesObject, template = draft.template) =>
      saidBy(triedBefore, { ...aDraft(restart(refOf(set)), set), template }, aSituation({ target: set, dryRun }));
    const greedy = { spec: { containers: [{ resources: { limits: { memory: '1Gi' } } }] } };

    expect(said(aLiveSet().target)).toContain('approve: The quota of StatefulSet/db has no room for one pod more (');
    expect(said(aLiveSet().target, greedy)).toContain('refuse: ');
    expect(said(target)).toContain('refuse: ');
  });

  it('asks where no pod may be tried', () => {
    const dryRun = { write: { ok: true }, untried: 'create pods', unexpected };

    expect(saidBy(triedBefore, draft, aSituation({ dryRun }))).toBe(
      'approve: No pod of the new template of Deployment/web was tried, as create pods is not permitted.',
    );
  });

  it('refuses what was not tried', () => {
    expect(saidBy(triedBefore, draft, aSituation({ dryRun: { unexpected } }))).toContain(
      'refuse: The change of Deployment/web was not tried without effect.',
    );
    expect(saidBy(triedBefore, draft, aSituation({ dryRun: { write: { ok: true }, unexpected } }))).toContain(
      'refuse: No pod of the new template of Deployment/web was tried.',
    );
  });

  it('allows what went through, and wants no pod tried where the template stays', () => {
    expect(saidBy(triedBefore, draft, aSituation())).toContain('allow: ');
    expect(
      saidBy(triedBefore, aDraft(scale(web, 4), target), aSituation({ dryRun: { write: { ok: true }, unexpected } })),
    ).toBe('allow: The API server would take the change of Deployment/web.');
  });

  it('refuses an untried bare object', () => {
    const bare = aBareObject('Deployment');

    expect(
      saidBy(triedBefore, aDraft(restart(web), bare), aSituation({ target: bare, dryRun: { unexpected } })),
    ).toContain('refuse: ');
  });
});
