import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../../../../src/engines/healing/guards/one-at-a-time.ts';
import { aContainer, aPod, crashed } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aSituation,
  drain,
  evict,
  restart,
  rollback,
  saidBy,
  scale,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const db = { kind: 'StatefulSet', namespace: 'shop', name: 'db' };
type Set = ReturnType<typeof aLiveSet>;
const broken = { containers: [aContainer('app', crashed({ exitCode: 1 }))] };
/** A set of which the last pods are broken. */
const withBroken = (replicas: number, count: number): Set => {
  const [whole, faulty] = [aLiveSet({ replicas }), aLiveSet({ replicas, pod: broken })];
  const pods = [...whole.pods.slice(0, replicas - count), ...faulty.pods.slice(replicas - count)];
  return { target: whole.target, pods, all: [whole.target, ...pods] };
};
const restarted = ({ target, all }: Set) =>
  saidBy(oneAtATime, aDraft(restart(db), target), aSituation({ target, objects: all }));
const evicted = ({ pods, all }: Set, index: number) => {
  const target = pods[index] ?? aPod('none');
  return saidBy(oneAtATime, aDraft(evict(db), target), aSituation({ target, objects: all }));
};

describe('G22, one member at a time', () => {
  it('allows a rolling restart that keeps a majority', () => {
    expect(restarted(aLiveSet())).toBe('allow: 2 of 3 pods of StatefulSet/db stay Ready, and it loses one at a time.');
  });

  it('refuses one that does not', () => {
    expect(restarted(withBroken(3, 1))).toBe(
      'refuse: 1 of 3 pods of StatefulSet/db would be left Ready, less than the 2 that are a majority. Instead: mend the other pods first',
    );
  });

  it('lets a broken set go back pod by pod, as no Ready one is taken before', () => {
    const said = (spec: object) => {
      const { target, all } = withBroken(3, 1);
      const made = { ...target, spec: { ...target.spec, ...spec } };
      return saidBy(oneAtATime, aDraft(rollback(db), made), aSituation({ target: made, objects: all }));
    };

    expect(said({})).toBe('allow: 2 of 3 pods of StatefulSet/db stay Ready, and it loses one at a time.');
    expect(said({ podManagementPolicy: 'Parallel' })).toContain('refuse: 1 of 3 pods');
  });

  it('refuses strategies that replace several pods, or none', () => {
    expect(restarted(aLiveSet({ spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } } }))).toContain(
      'refuse: StatefulSet/db replaces 2 pods at once: maxUnavailable.',
    );
    expect(restarted(aLiveSet({ spec: { updateStrategy: { type: 'OnDelete' } } }))).toContain(
      'refuse: StatefulSet/db replaces no pod by itself: its update strategy is OnDelete. Instead: evict its pods, one by one',
    );
    expect(restarted(aLiveSet({ spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 1 } } } }))).toContain(
      'allow: ',
    );
  });

  it('asks where there are but two', () => {
    expect(restarted(aLiveSet({ replicas: 2 }))).toContain('approve: StatefulSet/db has 2 members');
  });

  it('allows a broken pod to go, and refuses a Ready one beside it', () => {
    expect(evicted(withBroken(3, 1), 2)).toContain('allow: 2 of 3 pods of StatefulSet/db stay Ready');
    expect(evicted(withBroken(3, 1), 0)).toContain('refuse: 1 of 3 pods of StatefulSet/db would be left Ready');
  });

  it('refuses a pod while another one is leaving', () => {
    const set = aLiveSet();
    const [first, ...others] = set.pods;
    const leaving = {
      ...aBareObject('Pod'),
      ...first,
      metadata: { name: 'db-0', ...first?.metadata, deletionTimestamp: '2026-11-23T11:59:00Z' },
    };
    const pods = [leaving, ...others];

    expect(evicted({ ...set, pods, all: [set.target, ...pods] }, 1)).toContain(
      'refuse: Pod/db-0 of StatefulSet/db is leaving already.',
    );
  });

  it('refuses to drain a node that has the majority', () => {
    const { pods, all } = aLiveSet();
    const node = aNode('node-1');
    const drained = (count: number) =>
      saidBy(
        oneAtATime,
        aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: pods.slice(0, count) }),
        aSituation({ target: node, objects: all }),
      );

    expect(drained(2)).toMatch(/^refuse: 1 of 3 pods .* Instead: evict them one by one/);
    expect(drained(1)).toContain('allow: ');
  });

  it('judges every set of a node, and lets the worst decide', () => {
    const { pods, all } = aLiveSet();
    const other = aLiveSet({ replicas: 2 });
    const renamed = JSON.parse(JSON.stringify(other.all).replaceAll('"db', '"kv')) as typeof other.all;
    const [, first] = renamed;
    const node = aNode('node-1');
    const drained = (...leaving: typeof all) =>
      saidBy(
        oneAtATime,
        aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: leaving }),
        aSituation({ target: node, objects: [...all, ...renamed] }),
      );

    expect(drained(...pods.slice(0, 1), ...(first === undefined ? [] : [first]))).toContain(
      'approve: StatefulSet/kv has 2',
    );
    expect(drained(...(first === undefined ? [] : [first]), ...pods.slice(0, 2))).toContain(
      'refuse: 1 of 3 pods of StatefulSet/db',
    );
  });

  it('scales down by one member, not by two', () => {
    const { target } = aLiveSet();
    const scaled = (replicas: number) =>
      saidBy(oneAtATime, aDraft(scale(db, replicas), target), aSituation({ target }));

    expect(scaled(1)).toBe(
      'refuse: Scaling StatefulSet/db from 3 to 1 takes 2 of its members at once. Instead: scale to 2, and go on once the others have agreed',
    );
    expect(scaled(2)).toContain('allow: ');
    expect(scaled(5)).toContain('allow: ');
  });

  it('has nothing to do with Deployments, and refuses a bare set of three', () => {
    const bare = { ...aBareObject('StatefulSet'), spec: { replicas: 3 } };

    expect(saidBy(oneAtATime, aDraft(restart(db), aLiveDeployment().target), aSituation())).toBe('nothing');
    expect(saidBy(oneAtATime, aDraft(restart(db), bare), aSituation({ target: bare }))).toContain('refuse: ');
  });
});
