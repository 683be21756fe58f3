import { describe, expect, it } from 'vitest';
import type { HealingEvent } from '../../../../src/tools/mend/healing.ts';
import { judged } from '../../../../src/tools/mend/judged.ts';
import { aDraft, aLiveDeployment, aPolicy, aSituation, restart } from '../../../support/healing.ts';
import { aHealing } from '../../../support/proposals.ts';

const draft = aDraft(restart({ kind: 'Deployment', namespace: 'shop', name: 'web' }), aLiveDeployment().target);

function judgedBy(fields: Parameters<typeof aSituation>[0]) {
  const audit: HealingEvent[] = [];
  const healing = aHealing({ audit: (event) => audit.push(event) });
  const judge = () => judged({ draft, situation: aSituation(fields), cluster: 'test' }, healing);
  return { audit, judge };
}

describe('the verdict of all guards', () => {
  it('lists each that has a say, when none refuses', () => {
    const { judge, audit } = judgedBy({});

    expect(judge().map(({ guard }) => guard)).toContain('G3');
    expect(audit).toEqual([]);
  });

  it('names every guard that refuses, what would be possible, and what would have changed', () => {
    const { judge, audit } = judgedBy({ policy: aPolicy({ paused: true }) });

    expect(judge).toThrow(
      expect.objectContaining({
        code: 'refused',
        message: expect.stringContaining('restart_workload of Deployment/web is refused. G30: '),
        hint: expect.any(String),
        details: expect.objectContaining({ rules: ['G30'], changes: draft.changes }),
      }),
    );
    expect(audit).toMatchObject([
      { outcome: 'refused', object: 'shop/Deployment/web', text: expect.stringContaining('G30') },
    ]);
  });

  it('tells apart what several guards have against it, and what would be possible', () => {
    const { judge } = judgedBy({ policy: aPolicy({ paused: true }), lacking: ['patch apps/deployments'] });

    expect(judge).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/G7: .*apps\/deployments\. G30: The policy pauses all healing\.$/),
        hint: expect.stringMatching(/who has them; set paused to false/),
      }),
    );
  });

  it('is a refusal where a guard wants a person and nobody is asked', () => {
    const asking = judgedBy({ policy: aPolicy({}) });
    const unattended = judgedBy({ policy: aPolicy({}), tier: 'unattended' });

    expect(asking.judge().map(({ decision }) => decision)).not.toContain('refuse');
    expect(unattended.judge).toThrow('is refused. G1: ');
    expect(unattended.judge).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('ask a person, who may approve it; ') }),
    );
  });
});
