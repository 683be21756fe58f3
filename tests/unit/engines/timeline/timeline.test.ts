import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Read, ReadOutcome, Scope } from '../../../../src/engines/snapshot-data.ts';
import { timelineOf, timelineReads } from '../../../../src/engines/timeline/timeline.ts';
import { aDeployment, anEvent, anObject, minutesAgo, ownedBy, someData } from '../../../support/builders.ts';
import { aNode } from '../../../support/nodes.ts';

const hour = 3_600_000;
const shop: Scope = { namespace: 'shop' };
const reads = (scope: Scope, denied: readonly string[] = []) =>
  timelineReads(scope).map((read): { read: Read; outcome: ReadOutcome } => ({
    read,
    outcome: read.verb !== 'log' && denied.includes(read.kind) ? 'denied' : 'ok',
  }));
const told = (objects: readonly KubernetesObject[], scope = shop, duration = hour) =>
  timelineOf(someData({ objects, reads: reads(scope) }), scope, duration);

describe('the timeline', () => {
  const map = anObject('ConfigMap', 'settings', {
    metadata: { creationTimestamp: minutesAgo(500), managedFields: [{ manager: 'kubectl', time: minutesAgo(8) }] },
  });
  const web = aDeployment('web', { metadata: { creationTimestamp: minutesAgo(500) } });

  it('is in order, newest first, and ends where it was asked to', () => {
    const event = anEvent(web.deployment, 'Odd', 'something');

    const { entries, since } = told([...web.all, map, event], shop, 30 * 60_000);

    expect(since).toBe('2026-11-23T11:30:00Z');
    expect(entries.map(({ object, what }) => `${object.name} ${what}`)).toEqual([
      'web Odd: something',
      'settings changed',
    ]);
  });

  it('tells a write that began a rollout by the rollout', () => {
    const deployment = anObject('Deployment', 'api', {
      metadata: { creationTimestamp: minutesAgo(500), managedFields: [{ manager: 'helm', time: minutesAgo(10) }] },
    });
    const version = (number: number, age: number, image: string) =>
      anObject('ReplicaSet', `api-${number}`, {
        metadata: {
          ...ownedBy(deployment),
          creationTimestamp: minutesAgo(age),
          annotations: { 'deployment.kubernetes.io/revision': String(number) },
        },
        spec: { template: { spec: { containers: [{ name: 'app', image }] } } },
      });

    expect(
      told([deployment, version(1, 500, 'a'), version(2, 10, 'b')]).entries.map(({ kind, by }) => [kind, by]),
    ).toEqual([['rollout', 'helm']]);
  });

  it('leaves out other namespaces, and nodes without pods of it', () => {
    const elsewhere = anObject('ConfigMap', 'x', { metadata: { namespace: 'calm', creationTimestamp: minutesAgo(5) } });
    const nodes = ['node-1', 'node-2'].map((name) =>
      aNode(name, { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(5) }] }),
    );

    const { entries } = told([...web.all, elsewhere, ...nodes], shop, 30 * 60_000);

    expect(entries.map(({ object }) => object.name)).toEqual(['node-1']);
  });

  it('of a node is what the node says and what is said of it', () => {
    const scope = { object: { kind: 'Node', name: 'node-1' } };
    const node = aNode('node-1');

    expect(told([node, anEvent(node, 'Rebooted', 'booted')], scope, 2 * hour).entries.map(({ what }) => what)).toEqual([
      'Rebooted: booted',
      'joined the cluster',
    ]);
  });
});

describe('what is not seen', () => {
  const gaps = (duration: number, objects: readonly KubernetesObject[] = [], denied: readonly string[] = []) =>
    timelineOf(someData({ objects, reads: reads(shop, denied) }), shop, duration).blindSpots;

  it('is nothing within the life of events', () => {
    expect(gaps(hour)).toEqual([]);
  });

  it('is what events told that have expired', () => {
    expect(gaps(5 * hour).map(({ what }) => what)).toEqual(['Events before 2026-11-23T11:00:00Z']);
  });

  it('is less where events live longer', () => {
    const old = anEvent(anObject('Pod', 'x'), 'Odd', 'old', { lastTimestamp: minutesAgo(300) });

    expect(gaps(5 * hour, [old])).toEqual([]);
    expect(gaps(6 * hour, [old]).map(({ what }) => what)).toEqual(['Events before 2026-11-23T07:00:00Z']);
  });

  it('is what may not be read, in one line', () => {
    expect(gaps(hour, [], ['Secret', 'Node'])).toEqual([
      { what: 'Secret, Node', why: 'reading is forbidden', consequence: 'what happened to them is missing here' },
    ]);
  });
});

describe('what is read', () => {
  const kinds = (scope: Scope) =>
    timelineReads(scope).map((read) => (read.verb === 'log' ? '' : `${read.verb} ${read.kind}`));

  it('is metadata of ConfigMaps and Secrets, never a value', () => {
    const configuration = timelineReads(shop).filter(
      (read) => read.verb !== 'log' && ['ConfigMap', 'Secret'].includes(read.kind),
    );

    expect(configuration).toMatchObject([{ as: 'metadata' }, { as: 'metadata' }]);
    expect(kinds({ ...shop, object: { kind: 'Secret', namespace: 'shop', name: 'x' } })).not.toContain('get Secret');
  });

  it('is the object and its events when it has no namespace', () => {
    expect(kinds({ object: { kind: 'Node', name: 'node-1' } })).toEqual(['get Node', 'list Event']);
  });

  it('is an object of any other kind too', () => {
    expect(kinds({ ...shop, object: { kind: 'Certificate', namespace: 'shop', name: 'x' } })[0]).toBe(
      'get Certificate',
    );
  });
});
