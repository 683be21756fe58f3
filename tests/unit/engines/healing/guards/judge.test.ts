import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guards } from '../../../../../src/engines/healing/guards/index.ts';
import { decisionOf, judge } from '../../../../../src/engines/healing/guards/judge.ts';
import { refOf } from '../../../../../src/engines/objects.ts';
import { indexSnapshot } from '../../../../../src/engines/snapshot.ts';
import { aContainer, anObject, aPod, crashed } from '../../../../support/builders.ts';
import { aCause, anExplanation } from '../../../../support/explanations.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aRecord,
  aRevision,
  aSituation,
  cordon,
  drain,
  evict,
  resize,
  restart,
  rollback,
  scale,
  setImage,
  undo,
} from '../../../../support/healing.ts';
import { mutated, mutations } from '../../../../support/mutations.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const ids = Array.from({ length: 40 }, (_, index) => `G${index + 1}`);
const { target, all } = aLiveDeployment();
const crashing = aLiveDeployment({ pod: { containers: [aContainer('app', crashed({ exitCode: 1 }))] } });
const set = aLiveSet();
const node = aNode('node-1');
const revision = aRevision(target, 4, { image: 'registry.example/app:0.9', ready: 1, replicas: 1 });
const pod = all.find(({ kind }) => kind === 'Pod') ?? aPod('none');
const member = set.pods[0] ?? aPod('none');

describe('guards', () => {
  it('are G1 to G40, in order, each with a title of its own', () => {
    expect(guards.map(({ id }) => id)).toEqual(ids);
    expect(new Set(guards.map(({ title }) => title)).size).toBe(ids.length);
    expect(guards.filter(({ title }) => !/^[a-z].*[^.]$/.test(title))).toEqual([]);
  });

  it('all let a settled Deployment be restarted that needs it', () => {
    const finding = { rule: 'config-stale-in-pod', object: web, summary: '', confidence: 0.9 };
    const explanation = anExplanation({ causes: [aCause({ rule: finding.rule, object: web, fixes: [] })] });
    const namespace = anObject('Namespace', 'shop', {
      metadata: { annotations: { 'kubemend.dev/heal': 'unattended' } },
    });
    const situation = aSituation({ finding, plannedFor: finding, explanation, namespace });
    const verdicts = judge(aDraft(restart(web), target), situation);

    expect(verdicts.filter(({ decision }) => decision !== 'allow')).toEqual([]);
    expect(decisionOf(verdicts)).toBe('allow');
  });

  it('speak in whole sentences, and name themselves', () => {
    const verdicts = judge(aDraft(restart(web), target), aSituation({ history: [aRecord({ minutes: 1 })] }));

    expect(verdicts.find(({ guard }) => guard === 'G25')).toMatchObject({
      decision: 'refuse',
      title: 'lets a workload rest after an action',
    });
    expect(verdicts.filter(({ reason }) => !/^\S.*\.$/.test(reason))).toEqual([]);
  });

  it.each([
    ['a restart', restart(web)],
    ['a scale', scale(web, 2)],
    ['a rollback', rollback(web)],
    ['a resize', resize(web, { limits: { memory: '1Gi' } })],
    ['an image', setImage(web, 'app:1')],
    ['an eviction', evict(web)],
    ['a cordon', cordon(web)],
    ['a drain', drain(web)],
    ['an undo', undo(web)],
  ])('refuse %s of an object that has nothing but a name', (_, action) => {
    const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'Node', 'Secret', 'Rollout'];
    const decisions = kinds.map((kind) => {
      const bare = aBareObject(kind);
      return decisionOf(judge(aDraft(action, bare), aSituation({ target: bare, objects: [bare], complete: [] })));
    });

    expect(new Set(decisions)).toEqual(new Set(['refuse']));
  });

  it('never throw, whatever a snapshot holds', () => {
    const drafts = [
      { target, draft: aDraft(restart(web), target) },
      { target, draft: aDraft(scale(web, 5), target) },
      { target, draft: aDraft(rollback(web), target, { from: revision }) },
      { target, draft: aDraft(resize(web, { requests: { memory: '192Mi' } }), target) },
      { target, draft: aDraft(setImage(web, 'registry.example/app:0.9'), target) },
      { target: pod, draft: aDraft(evict(web), pod) },
      { target: member, draft: aDraft(evict(web), member) },
      { target: node, draft: aDraft(drain(web), node, { pods: [pod, member] }) },
      { target, draft: aDraft(undo(web), target) },
    ];
    const budget = anObject('PodDisruptionBudget', 'web', {
      spec: { selector: {} },
      status: { disruptionsAllowed: 1 },
    });
    const quota = anObject('ResourceQuota', 'q', { status: { hard: { 'requests.memory': '1Gi' }, used: {} } });
    const { data } = aSituation({
      objects: [...all, ...crashing.pods, revision, ...set.all, node, budget, quota],
    }).snapshot;

    fc.assert(
      fc.property(fc.constantFrom(...drafts), mutations, ({ draft, target: of }, changes) => {
        const snapshot = indexSnapshot(mutated(data, changes));
        const live = snapshot.head(refOf(of)) ?? of;
        const situation = { ...aSituation({ target: live, history: [aRecord()] }), snapshot };

        expect(judge(draft, situation).length).toBeGreaterThan(10);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('decisionOf', () => {
  it('lets a refusal outweigh a question, and a question a permission', () => {
    expect(decisionOf([{ decision: 'allow' }, { decision: 'refuse' }, { decision: 'approve' }])).toBe('refuse');
    expect(decisionOf([{ decision: 'allow' }, { decision: 'approve' }])).toBe('approve');
    expect(decisionOf([{ decision: 'allow' }])).toBe('allow');
  });

  it('takes silence for no permission', () => {
    expect(decisionOf([])).toBe('approve');
  });
});
