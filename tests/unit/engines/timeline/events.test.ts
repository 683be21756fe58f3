import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { reportedIn } from '../../../../src/engines/timeline/events.ts';
import { aDeployment, anEvent, anObject, aPod, aSnapshot, minutesAgo } from '../../../support/builders.ts';
import { aNode } from '../../../support/nodes.ts';

const reported = (objects: readonly KubernetesObject[], everything = false) => {
  const snapshot = aSnapshot({ objects });
  const { entries, routine } = reportedIn(snapshot, snapshot.events, { everything });
  return { routine, told: entries.map(({ kind, object, what, count }) => [kind, object.name, what, count]) };
};
const web = aDeployment('web', { replicas: 2 });
const [one, two] = web.pods as [KubernetesObject, KubernetesObject];

describe('events', () => {
  it('of replicas that say the same are one entry with their sum', () => {
    const events = [
      anEvent(one, 'Unhealthy', 'probe failed: dial tcp 10.0.0.1:80', { count: 3 }),
      anEvent(two, 'Unhealthy', 'probe failed: dial tcp 10.0.0.2:80', { count: 4 }),
    ];

    expect(reported([...web.all, ...events]).told).toEqual([
      ['event', 'web', 'Unhealthy: probe failed: dial tcp 10.0.0.1:80', 7],
    ]);
  });

  it('of one pod keep its name, with its first and last time', () => {
    const snapshot = aSnapshot({ objects: [...web.all, anEvent(one, 'BackOff', 'back-off', { count: 9 })] });

    expect(reportedIn(snapshot, snapshot.events, { everything: false }).entries).toEqual([
      {
        at: '2026-11-23T11:59:00Z',
        first: '2026-11-23T11:40:00Z',
        kind: 'event',
        object: { kind: 'Pod', namespace: 'shop', name: 'web-5d8f-0' },
        what: 'BackOff: back-off',
        count: 9,
      },
    ]);
  });

  it('that differ stay apart', () => {
    const events = [anEvent(one, 'Failed', 'no such key'), anEvent(two, 'Failed', 'no such image')];

    expect(reported([...web.all, ...events]).told).toHaveLength(2);
  });

  it('of pods that are gone belong to what made them', () => {
    const gone = ['web-5d8f-abcde', 'web-5d8f-fghij'].map((name) => aPod(name));
    const events = gone.map((pod) => anEvent(pod, 'Killing', 'Stopping container app', { type: 'Normal' }));

    expect(reported([...web.all, ...events]).told).toEqual([['event', 'web', 'Killing: Stopping container app', 2]]);
  });

  it('of scaling and of nodes are called so', () => {
    const scaled = anEvent(web.deployment, 'ScalingReplicaSet', 'Scaled up', { type: 'Normal' });
    const node = anEvent(aNode('node-1'), 'Rebooted', 'Node has been rebooted');

    const kinds = reported([...web.all, scaled, node]).told.map(([kind]) => kind);
    expect(new Set(kinds)).toEqual(new Set(['node', 'scaling']));
  });

  it('of a pod that just starts are counted, and told only when they are asked for', () => {
    const routine = anEvent(one, 'Scheduled', 'Successfully assigned', { type: 'Normal' });

    expect(reported([...web.all, routine])).toEqual({ routine: 1, told: [] });
    expect(reported([...web.all, routine], true)).toMatchObject({
      routine: 0,
      told: [['event', 'web-5d8f-0', expect.anything(), undefined]],
    });
  });

  it('lose the id behind a pod’s name', () => {
    const message = 'restarting app in pod web-5d8f-0_shop(8d053972-8625-47e1-936d-c944d1261c65)';

    expect(reported([...web.all, anEvent(one, 'BackOff', message)]).told[0]?.[2]).toBe(
      'BackOff: restarting app in pod web-5d8f-0',
    );
  });

  it('survive half-filled objects', () => {
    const bare = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'x', namespace: 'shop' } };
    const dated = { ...bare, metadata: { name: 'y', namespace: 'shop' }, eventTime: minutesAgo(1) };

    expect(reported([bare, dated, anObject('Pod', 'x')]).told).toEqual([['event', '', '', 2]]);
  });
});
