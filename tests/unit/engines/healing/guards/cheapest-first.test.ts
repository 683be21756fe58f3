import { describe, expect, it } from 'vitest';
import { cheapestFirst } from '../../../../../src/engines/healing/guards/cheapest-first.ts';
import { aContainer, crashed } from '../../../../support/builders.ts';
import { aCause, anExplanation } from '../../../../support/explanations.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  restart,
  rollback,
  saidBy,
  scale,
} from '../../../../support/healing.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target, all } = aLiveDeployment();
const finding = { rule: 'crash-app-error', object: web, summary: '', confidence: 0.9 };
const proposing = (tool: string) =>
  anExplanation({
    causes: [aCause({ rule: finding.rule, object: web, fixes: [{ tool, arguments: {}, reason: 'it would do' }] })],
  });

describe('G40, the cheapest first', () => {
  it('asks when the finding itself proposes something that costs less', () => {
    expect(
      saidBy(
        cheapestFirst,
        aDraft(scale(web, 5), target),
        aSituation({ finding, explanation: proposing('rollback_workload') }),
      ),
    ).toBe('approve: rollback_workload costs less than scale_workload on Deployment/web: it would do.');
  });

  it('allows the cheapest that is proposed', () => {
    const explanation = proposing('rollback_workload');

    expect(saidBy(cheapestFirst, aDraft(rollback(web), target), aSituation({ finding, explanation }))).toBe(
      'allow: Nothing that costs less than rollback_workload on Deployment/web is known.',
    );
    expect(
      saidBy(
        cheapestFirst,
        aDraft(restart(web), target),
        aSituation({ finding, explanation: proposing('no_such_tool') }),
      ),
    ).toContain('allow: ');
  });

  it('does not mind what other findings propose', () => {
    const explanation = anExplanation({
      causes: [
        aCause({
          rule: finding.rule,
          object: { ...web, name: 'pay' },
          fixes: [{ tool: 'evict_pod', arguments: {}, reason: '' }],
        }),
        aCause({ rule: 'other', object: web, fixes: [{ tool: 'evict_pod', arguments: {}, reason: '' }] }),
      ],
    });

    expect(saidBy(cheapestFirst, aDraft(scale(web, 5), target), aSituation({ finding, explanation }))).toContain(
      'allow: ',
    );
  });

  it('asks about a restart where one pod alone is broken', () => {
    const broken = aLiveDeployment({ pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] } }).pods[2];
    const objects = [...all.slice(0, -1), ...(broken === undefined ? [] : [broken])];

    expect(saidBy(cheapestFirst, aDraft(restart(web), target), aSituation({ objects }))).toContain(
      'approve: Only Pod/web-5d8f-2 of Deployment/web is broken',
    );
    expect(saidBy(cheapestFirst, aDraft(restart(web), target), aSituation())).toContain('allow: ');
  });

  it('asks about what may pass by itself', () => {
    const waits = { ...finding, rule: 'probe-not-yet-due' };

    expect(saidBy(cheapestFirst, aDraft(restart(web), target), aSituation({ finding: waits }))).toContain(
      'approve: probe-not-yet-due may pass by itself',
    );
  });

  it('does not fail on a bare object', () => {
    const bare = aBareObject('Deployment');

    expect(
      saidBy(
        cheapestFirst,
        aDraft(scale(web, 5), bare),
        aSituation({ target: bare, finding, explanation: proposing('restart_workload') }),
      ),
    ).toContain('approve: ');
  });
});
