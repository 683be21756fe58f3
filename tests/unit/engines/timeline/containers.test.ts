import { describe, expect, it } from 'vitest';
import { birthsOf, deathsOf } from '../../../../src/engines/timeline/containers.ts';
import { aContainer, aDeployment, aPod, aSnapshot, crashed, minutesAgo, now } from '../../../support/builders.ts';

const dead = { exitCode: 1, reason: 'Error', startedAt: minutesAgo(3), finishedAt: minutesAgo(2) };

describe('the end of a container', () => {
  it('is told with its code, how long it lived and how often it restarted', () => {
    const pod = aPod('db-0', { containers: [aContainer('app', crashed(dead))] });

    expect(deathsOf(aSnapshot({ objects: [pod] }), [pod])).toEqual([
      {
        at: '2026-11-23T11:58:00Z',
        kind: 'container',
        object: { kind: 'Pod', namespace: 'shop', name: 'db-0' },
        what: 'container app ended with code 1 (Error) after 60 s; restarts so far: 6',
      },
    ]);
  });

  it('is one for replicas that ended alike', () => {
    const web = aDeployment('web', { replicas: 3, pod: { containers: [aContainer('app', crashed(dead))] } });

    expect(deathsOf(aSnapshot({ objects: web.all }), web.pods)).toMatchObject([
      {
        object: { kind: 'Deployment', name: 'web' },
        what: 'container app ended with code 1 (Error) after 60 s in 3 pods; restarts so far: 18',
        count: 3,
      },
    ]);
  });

  it('is not told of an init container that did its work', () => {
    const done = aContainer('setup', { init: true, status: { state: { terminated: { ...dead, exitCode: 0 } } } });

    expect(deathsOf(aSnapshot(), [aPod('web', { containers: [done, aContainer()] })])).toEqual([]);
  });

  it('is not told without a time', () => {
    const pod = aPod('web', { containers: [aContainer('app', { status: { lastState: { terminated: {} } } })] });

    expect(deathsOf(aSnapshot(), [pod])).toEqual([]);
  });
});

describe('pods that were made', () => {
  const since = Date.parse(now) - 30 * 60_000;

  it('are one entry a workload', () => {
    const web = aDeployment('web', { replicas: 2, pod: { metadata: { creationTimestamp: minutesAgo(5) } } });
    const old = aPod('old');

    expect(birthsOf(aSnapshot({ objects: [...web.all, old] }), [...web.pods, old], since)).toEqual([
      {
        at: '2026-11-23T11:55:00Z',
        first: '2026-11-23T11:55:00Z',
        kind: 'pods',
        object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        what: '2 pods created',
        count: 2,
      },
    ]);
  });

  it('are named when there is one', () => {
    const pod = aPod('db-0', { metadata: { creationTimestamp: minutesAgo(5) } });

    expect(birthsOf(aSnapshot(), [pod], since).map(({ what }) => what)).toEqual(['pod db-0 created']);
  });
});
