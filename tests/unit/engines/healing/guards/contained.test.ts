import { describe, expect, it } from 'vitest';
import { contained } from '../../../../../src/engines/healing/guards/contained.ts';
import { aContainer, anObject, aPod, crashed } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aRecord,
  aSituation,
  cordon,
  drain,
  evict,
  restart,
  saidBy,
  scale,
  undo,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const draft = aDraft(restart(web), target);
const named = (name: string, namespace = 'shop') => ({
  ...target,
  metadata: { ...target.metadata, name, namespace, uid: `uid-${name}` },
});
const many = (count: number, namespace?: string, minutes = 30) =>
  Array.from({ length: count }, (_, index) => aRecord({ on: named(`w${index}`, namespace), minutes }));

describe('G27, contained', () => {
  it('allows while nothing else is under way', () => {
    expect(saidBy(contained, draft, aSituation())).toBe(
      'allow: Nothing else is being healed, and a Ready pod of every workload stays.',
    );
  });

  it('refuses while another workload is being healed', () => {
    const history = [aRecord({ on: named('pay'), state: 'verifying', id: 'b2' })];

    expect(saidBy(contained, draft, aSituation({ history }))).toBe(
      'refuse: restart_workload on Deployment/pay is under way (action b2). Instead: wait until it has ended',
    );
    expect(
      saidBy(contained, draft, aSituation({ history: [aRecord({ on: named('pay'), state: 'planned' })] })),
    ).toContain('allow: ');
  });

  it('refuses the fourth action an hour in a namespace, and the eleventh on a cluster', () => {
    expect(saidBy(contained, draft, aSituation({ history: many(3) }))).toContain(
      '3 actions in namespace shop in the last hour reach caps.per_namespace_hour, which is 3.',
    );
    expect(saidBy(contained, draft, aSituation({ history: [...many(2), ...many(7, 'cart')] }))).toContain('allow: ');
    expect(saidBy(contained, draft, aSituation({ history: many(10, 'cart', 60) }))).toContain('allow: ');
    expect(saidBy(contained, draft, aSituation({ history: many(10, 'cart') }))).toContain(
      '10 actions on this cluster in the last hour reach caps.per_cluster_hour, which is 10.',
    );
  });

  it('refuses to cordon a second node, and lets one be uncordoned', () => {
    const node = aNode('node-2');
    const objects = [aNode('node-3', { unschedulable: true })];
    const cordoned = (uncordon: boolean, more: object = {}) =>
      saidBy(
        contained,
        aDraft(cordon({ kind: 'Node', name: 'node-2' }, uncordon), node),
        aSituation({ target: node, objects, ...more }),
      );

    expect(cordoned(false)).toBe(
      'refuse: Node/node-3 is cordoned already, and caps.nodes_cordoned is 1. Instead: uncordon that one first',
    );
    expect(cordoned(true)).toContain('allow: ');
    expect(cordoned(false, { objects: [] })).toContain('allow: ');
    expect(cordoned(false, { complete: [] })).toContain('approve: Nodes were not read');
  });

  it('refuses to evict the last Ready pod', () => {
    const broken = { containers: [aContainer('app', crashed({ exitCode: 1 }))] };
    const alone = aLiveDeployment({ replicas: 1 });
    const several = aLiveDeployment({ replicas: 2 });
    const dead = aLiveDeployment({ replicas: 1, pod: broken });
    const evicted = ({ pods, all }: typeof alone) => {
      const pod = pods[0] ?? aPod('none');
      return saidBy(contained, aDraft(evict(web), pod), aSituation({ target: pod, objects: all }));
    };

    expect(evicted(alone)).toBe(
      'refuse: No pod of Deployment/web is Ready but Pod/web-5d8f-0. Instead: scale Deployment/web up first, or restart it, which brings a new pod before the old one goes',
    );
    expect(evicted(several)).toContain('allow: ');
    expect(evicted(dead)).toContain('allow: ');
  });

  it('names what its owner can do instead, and leaves a pod without one to G12', () => {
    const ownedBy = (kind: string) => {
      const pod = aPod('web-0', { metadata: { ownerReferences: [{ kind, name: 'web', controller: true }] } });
      return saidBy(contained, aDraft(evict(web), pod), aSituation({ target: pod, objects: [pod] }));
    };

    expect(ownedBy('StatefulSet')).toContain('Instead: scale StatefulSet/web up first');
    expect(ownedBy('DaemonSet')).toContain('Instead: do it by hand when nobody needs it');
    const bare = aPod('bare');
    expect(saidBy(contained, aDraft(evict(web), bare), aSituation({ target: bare }))).toContain('allow: ');
  });

  it('refuses to drain a node that has all Ready pods of a workload', () => {
    const { pods, all } = aLiveDeployment({ replicas: 2 });
    const node = aNode('node-1');
    const drained = (count: number) =>
      saidBy(
        contained,
        aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: pods.slice(0, count) }),
        aSituation({ target: node, objects: all }),
      );

    expect(drained(2)).toContain('refuse: No pod of Deployment/web is Ready but Pod/web-5d8f-0, Pod/web-5d8f-1.');
    expect(drained(1)).toContain('allow: ');
  });

  it('asks about a drain of all Ready pods that a budget makes go one after the other', () => {
    const { pods, all } = aLiveDeployment({ replicas: 2, pod: { metadata: { labels: { app: 'web' } } } });
    const node = aNode('node-1');
    const drained = (desiredHealthy: number, app = 'web') =>
      saidBy(
        contained,
        aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods }),
        aSituation({
          target: node,
          objects: [
            ...all,
            anObject('PodDisruptionBudget', 'web', {
              spec: { selector: { matchLabels: { app } } },
              status: { desiredHealthy },
            }),
          ],
        }),
      );

    expect(drained(1)).toBe(
      'approve: All 2 Ready pods of Deployment/web leave, one after the other: PodDisruptionBudget/web keeps 1 Ready, and the evictions wait for it.',
    );
    expect(drained(0)).toContain('refuse: ');
    expect(drained(1, 'other')).toContain('refuse: ');
  });

  it('refuses to scale to 0 what stands behind a Service, and asks about anything else', () => {
    const radius = { pods: 3, ready: 3, services: ['web'], routes: [], budgets: [] };

    expect(saidBy(contained, aDraft(scale(web, 0), target, { radius }), aSituation())).toBe(
      'refuse: With 0 replicas of Deployment/web nothing stands behind web. Instead: scale to 1 or more',
    );
    expect(saidBy(contained, aDraft(scale(web, 0), target), aSituation())).toContain(
      'approve: With 0 replicas nothing',
    );
    expect(saidBy(contained, aDraft(scale(web, 1), target, { radius }), aSituation())).toContain('allow: ');
  });

  it('lets an action be taken back while others run', () => {
    const history = [aRecord({ on: named('pay'), state: 'verifying' })];

    expect(saidBy(contained, aDraft(undo(web), target), aSituation({ history }))).toBe('nothing');
  });

  it('asks before an action is taken back to 0 replicas', () => {
    const radius = { pods: 3, ready: 3, services: ['web'], routes: [], budgets: [] };
    const { operations } = aDraft(scale(web, 0), target);

    expect(saidBy(contained, aDraft(undo(web), target, { radius, operations }), aSituation())).toBe(
      'approve: Taking it back leaves 0 replicas of Deployment/web.',
    );
  });

  it('refuses to scale a bare object away that a Service needs', () => {
    const bare = aBareObject('Deployment');
    const radius = { pods: 0, ready: 0, services: ['web'], routes: [], budgets: [] };

    expect(saidBy(contained, aDraft(scale(web, 0), bare, { radius }), aSituation({ target: bare }))).toContain(
      'refuse: ',
    );
  });
});
