import { describe, expect, it } from 'vitest';
import { stormBrake } from '../../../../../src/engines/healing/guards/storm-brake.ts';
import { anObject } from '../../../../support/builders.ts';
import { aCause, anExplanation } from '../../../../support/explanations.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  restart,
  saidBy,
  undo,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);
const down = [{ type: 'Ready', status: 'Unknown' }];
const nodes = (ready: number, lost: number) => [
  ...Array.from({ length: ready - 1 }, (_, index) => aNode(`ready-${index}`)),
  ...Array.from({ length: lost }, (_, index) => aNode(`lost-${index}`, { conditions: down })),
];
const workloads = (well: number, broken: number) => [
  target,
  ...Array.from({ length: well - 1 }, (_, index) =>
    anObject('Deployment', `well-${index}`, { spec: { replicas: 1 }, status: { availableReplicas: 1 } }),
  ),
  ...Array.from({ length: broken }, (_, index) => anObject('Deployment', `broken-${index}`, { spec: { replicas: 2 } })),
];
const saidOf = (objects: Parameters<typeof aSituation>[0] & object) => saidBy(stormBrake, draft, aSituation(objects));

describe('G28, storm brake', () => {
  it('allows while few things fail', () => {
    expect(saidOf({})).toBe('allow: Few nodes and workloads fail, and all that matters could be read.');
  });

  it('refuses when more than 30 % of the nodes are not Ready', () => {
    expect(saidOf({ objects: nodes(6, 3) })).toBe(
      'refuse: 3 of 9 nodes are not Ready, more than 30 %. Instead: look for what they have in common: diagnose the whole cluster',
    );
    expect(saidOf({ objects: nodes(7, 3) })).toContain('allow: ');
  });

  it('does not judge nodes of which only the suspects were read', () => {
    expect(saidOf({ objects: nodes(1, 3), complete: ['Pod'] })).toContain('allow: ');
  });

  it('refuses when more than 20 % of the workloads lack pods', () => {
    expect(saidOf({ objects: workloads(4, 2) })).toContain(
      'refuse: 2 of 6 workloads lack pods, more than 20 %: Deployment/broken-0, Deployment/broken-1.',
    );
    expect(saidOf({ objects: workloads(8, 2) })).toContain('allow: ');
  });

  it('takes no share of a handful of workloads', () => {
    expect(saidOf({ objects: workloads(2, 2) })).toContain('allow: ');
  });

  it('allows to mend the one cause of which the others are effects', () => {
    const finding = { rule: 'crash-app-error', object: web, summary: '', confidence: 0.9 };
    const chain = [0, 1].map((index) => ({ object: { ...web, name: `broken-${index}` }, message: 'is not ready' }));
    const explanation = anExplanation({ causes: [aCause({ rule: 'crash-app-error', object: web, chain })] });

    expect(saidOf({ objects: workloads(4, 2), finding, explanation })).toContain('allow: ');
  });

  it('refuses while the control plane does not work', () => {
    const explanation = anExplanation({
      causes: [
        aCause({
          rule: 'control-plane-degraded',
          summary: 'Deployment/pay was changed, and no controller has looked at it',
        }),
      ],
    });

    expect(saidOf({ explanation })).toContain(
      'refuse: Deployment/pay was changed, and no controller has looked at it.',
    );
  });

  it('refuses to act alone when it cannot see, and asks people', () => {
    const reads = [
      { read: { verb: 'list', kind: 'Deployment', namespace: 'shop', as: 'full' }, outcome: 'failed' },
    ] as const;
    const explanation = anExplanation({
      verdict: 'unknown',
      blind_spots: [{ what: 'Deployment in shop', why: 'timeout', consequence: '' }],
    });

    expect(saidOf({ explanation, tier: 'unattended' })).toBe(
      'refuse: Not all that matters could be read: Deployment in shop, timeout. Instead: let everything be read, or ask a person',
    );
    expect(saidOf({ reads, tier: 'unattended' })).toContain('refuse: ');
    expect(saidOf({ explanation })).toContain('approve: ');
  });

  it('lets a person take an action back in a storm', () => {
    expect(saidBy(stormBrake, aDraft(undo(web), target), aSituation({ objects: nodes(1, 3) }))).toContain(
      'approve: 3 of 4 nodes',
    );
  });

  it('takes workloads without a status for broken', () => {
    const bare = Array.from({ length: 6 }, (_, index) => aBareObject('Deployment', `bare-${index}`));

    expect(saidOf({ objects: bare })).toContain('refuse: 6 of 6 workloads lack pods');
  });
});
