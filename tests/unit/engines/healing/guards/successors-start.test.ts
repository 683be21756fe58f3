import { describe, expect, it } from 'vitest';
import { servesOn } from '../../../../../src/engines/healing/guards/serves-on.ts';
import type { KubernetesObject, Pod } from '../../../../../src/engines/objects.ts';
import { aContainer, anObject, aPod, crashed } from '../../../../support/builders.ts';
import { aDraft, aLiveDeployment, aSituation, drain, evict, saidBy } from '../../../../support/healing.ts';
import { aNode, asking, cordon, dedicated } from '../../../../support/nodes.ts';

const cordoned = aNode('node-1', { unschedulable: true, taints: [cordon] });
const wholeNode = (name: string) => ({ verb: 'list', kind: 'Pod', as: 'full', fieldSelector: `spec.nodeName=${name}` });
type Fields = NonNullable<Parameters<typeof aSituation>[0]>;
type PodFields = Parameters<typeof aPod>[1];

/** What is said of the eviction of a pod of `Deployment/web` that runs on node-1. */
function evicted(pod: PodFields, nodes: readonly KubernetesObject[], { objects = [], ...fields }: Fields = {}) {
  const { all, pods } = aLiveDeployment({ replicas: 2, pod });
  const [target = aPod('none')] = pods;
  const situation = aSituation({ target, objects: [...all, ...nodes, ...objects], ...fields });
  return saidBy(servesOn, aDraft(evict({ kind: 'Pod', name: target.metadata.name }), target), situation);
}

const whole = { complete: ['Node', 'Pod'] };
const half = asking({ cpu: '3' });
const filler = (node: string) => aPod(`filler-${node}`, { spec: { nodeName: node, ...asking({ cpu: '2' }) } });

describe('G31, the successor of a pod that is evicted', () => {
  it('may come back to its own node, even where that has room for one only', () => {
    expect(evicted({}, [aNode('node-1')])).toBe('allow: A node takes the successor of Pod/web-5d8f-0.');
    expect(evicted({ spec: asking({ cpu: '2' }) }, [aNode('node-1')])).toContain('allow: ');
  });

  it('finds no node while its own is cordoned, and no other one is there', () => {
    expect(evicted({}, [cordoned])).toBe(
      'refuse: Pod/web-5d8f-0 is Ready, and no node would take its successor: Node/node-1 is cordoned. Instead: uncordon a node, or add one, before it is evicted',
    );
  });

  it('finds another node', () => {
    expect(evicted({}, [cordoned, aNode('node-2')], whole)).toContain('allow: ');
  });

  it.each([
    ['a taint', aNode('node-2', { taints: [dedicated] }), {}, 'has a taint that it does not tolerate (dedicated)'],
    ['labels', aNode('node-2'), { nodeSelector: { disk: 'fast' } }, 'does not have the labels that it asks for'],
    ['too little room', aNode('node-2'), half, 'has too little cpu left'],
    ['a cordon', aNode('node-2', { unschedulable: true }), {}, 'is cordoned'],
  ])('is kept from the other node by %s', (_, other, spec, why) => {
    const said = evicted({ spec }, [cordoned, other], { ...whole, objects: [filler('node-2')] });

    expect(said).toMatch(/^refuse: Pod\/web-5d8f-0 is Ready, and no node would take its successor: Node\/node-1 /);
    expect(said).toContain(`Node/node-2 ${why}`);
  });

  it.each([
    ['tolerates the taint', aNode('node-2', { taints: [dedicated] }), { tolerations: [{ operator: 'Exists' }] }],
    ['has the labels', aNode('node-2', { labels: { disk: 'fast' } }), { nodeSelector: { disk: 'fast' } }],
    ['needs less', aNode('node-2'), asking({ cpu: '2' })],
  ])('starts there when it %s', (_, other, spec) => {
    expect(evicted({ spec }, [cordoned, other], { ...whole, objects: [filler('node-2')] })).toContain('allow: ');
  });

  it('must not be beside what it is kept apart from', () => {
    const apart = [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'rival' } } }];
    const spec = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: apart } } };
    const nodes = [cordoned, aNode('node-2', { labels: { zone: 'a' } })];
    const beside = (labels: object) => ({
      ...whole,
      objects: [aPod('other', { metadata: { labels }, spec: { nodeName: 'node-2' } })],
    });

    expect(evicted({ spec }, nodes, beside({ app: 'rival' }))).toContain(
      'Node/node-2 has a pod that it must not be beside',
    );
    expect(evicted({ spec }, nodes, beside({ app: 'friend' }))).toContain('allow: ');
  });

  it('may be where the one before was, although they must not be together', () => {
    const apart = [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }];
    const spec = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: apart } } };
    const own = aNode('node-1', { labels: { zone: 'a' } });
    const { all, pods } = aLiveDeployment({ replicas: 1, pod: { spec } });
    const [target = aPod('none')] = pods;
    const draft = aDraft(evict({ kind: 'Pod', name: target.metadata.name }), target);
    const beside = aPod('other', { metadata: { labels: { app: 'web' } } });

    expect(saidBy(servesOn, draft, aSituation({ target, objects: [...all, own] }))).toContain('allow: ');
    expect(saidBy(servesOn, draft, aSituation({ target, objects: [...all, own, beside] }))).toContain('refuse: ');
  });

  it('stays where its volume is', () => {
    const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
    const nodes = [cordoned, aNode('node-2', { labels: { zone: 'b' } })];
    const withVolume = (zone: string) => ({
      ...whole,
      objects: [
        anObject('PersistentVolumeClaim', 'data', { spec: { volumeName: 'pv-1' } }),
        anObject('PersistentVolume', 'pv-1', {
          metadata: { namespace: undefined },
          spec: {
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }],
              },
            },
          },
        }),
      ],
    });

    expect(evicted({ spec }, nodes, withVolume('a'))).toContain(
      'Node/node-2 does not reach PersistentVolume/pv-1, which is at zone=a.',
    );
    expect(evicted({ spec }, nodes, withVolume('b'))).toContain('allow: ');
  });

  it('is not known to find a node where not all was read', () => {
    const nodes = [cordoned, aNode('node-2')];
    const reads = [{ read: wholeNode('node-2'), outcome: 'ok' }] as Fields['reads'];

    expect(evicted({}, nodes, { complete: ['Node'] })).toBe(
      'approve: Whether a node has room for the successor of Pod/web-5d8f-0, which is Ready, was not read.',
    );
    expect(evicted({}, nodes, { complete: ['Node'], ...(reads && { reads }) })).toContain('allow: ');
    expect(evicted({}, [], { complete: [] })).toContain('approve: Nodes were not read');
  });

  it('could not start without what it refers to', () => {
    const envFrom = [{ configMapRef: { name: 'settings' } }];
    const pod = { containers: [aContainer('app', { envFrom })] };

    expect(evicted(pod, [aNode('node-1')])).toContain(
      'its successor could not start: it needs ConfigMap/settings, which does not exist any more. Instead: bring ConfigMap/settings back first',
    );
    expect(evicted(pod, [aNode('node-1')], { complete: ['Node'] })).toContain('allow: ');
  });

  it('is not asked about for a pod that is not Ready, or that has ended', () => {
    expect(evicted({ containers: [aContainer('app', crashed({ exitCode: 1 }))] }, [cordoned])).toBe('nothing');
    expect(evicted({ status: { phase: 'Failed' } }, [cordoned])).toBe('nothing');
  });
});

/** What is said of a drain of node-1 with these pods. */
const drained = (pods: readonly Pod[], others: readonly KubernetesObject[], fields: Fields = {}) => {
  const node = aNode('node-1');
  const draft = aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods });
  return saidBy(servesOn, draft, aSituation({ target: node, objects: [...pods, ...others], ...fields }));
};

describe('G31, what a drain evicts', () => {
  const pods = ['a', 'b', 'c', 'd', 'e'].map((name) => aPod(name, { spec: asking({ cpu: '1' }) }));

  it('finds other nodes', () => {
    expect(drained(pods.slice(0, 4), [aNode('node-2')])).toBe(
      'allow: Other nodes take the pods, as far as their room was read.',
    );
  });

  it('is named when the node is the only one, which can be wanted', () => {
    expect(drained(pods, [])).toBe(
      'approve: No other node would take Pod/a, Pod/b, Pod/c and 2 more: there is no other node. They wait until one does.',
    );
  });

  it('is named when the other nodes have room for some of it', () => {
    expect(drained(pods, [aNode('node-2')])).toBe(
      'approve: No other node would take Pod/e: Node/node-2 has no room left by then. They wait until one does.',
    );
    expect(drained(pods, [aNode('node-2'), aNode('node-3')])).toContain('allow: ');
  });

  it('leaves out what has ended', () => {
    expect(drained([aPod('a', { status: { phase: 'Succeeded' } })], [])).toBe('nothing');
  });

  it('says so when nodes were not read', () => {
    expect(drained(pods, [], { complete: [] })).toContain('approve: Nodes were not read');
  });
});
