import { describe, expect, it } from 'vitest';
import { podIssues } from '../../../src/engines/pod-issues.ts';
import { aContainer, anObject, aPendingPod, aPod, crashed, waiting } from '../../support/builders.ts';

const brief = (pod: Parameters<typeof podIssues>[0]) =>
  podIssues(pod).map(
    ({ severity, type, container, restart_count }) => `${severity} ${type} ${container} ${restart_count}`,
  );

describe('podIssues', () => {
  it.each([
    ['a healthy pod', aPod('web')],
    ['an object that has only a name', anObject('Pod', 'bare')],
    ['three restarts', aPod('web', { containers: [aContainer('app', { status: { restartCount: 3 } })] })],
    [
      'a completed pod',
      aPod('job', {
        containers: [
          aContainer('app', { status: { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } } }),
        ],
        status: { phase: 'Succeeded' },
      }),
    ],
  ])('has nothing to say about %s', (_, pod) => {
    expect(podIssues(pod)).toEqual([]);
  });

  it('finds a waiting container, by its reason', () => {
    const pod = aPod('web', { containers: [aContainer('app', waiting('ImagePullBackOff', 'not found'))] });

    expect(podIssues(pod)).toEqual([
      { severity: 'high', type: 'ImagePullBackOff', container: 'app', message: 'not found', restart_count: 0 },
    ]);
  });

  it('finds frequent restarts beside the crash, with how it ended', () => {
    const pod = aPod('web', { containers: [aContainer('app', crashed({ exitCode: 137, reason: 'OOMKilled' }, 6))] });

    expect(podIssues(pod)).toEqual([
      {
        severity: 'high',
        type: 'CrashLoopBackOff',
        container: 'app',
        message: 'back-off 5m0s restarting failed container; last exit: code 137 (OOMKilled)',
        restart_count: 6,
      },
      {
        severity: 'medium',
        type: 'frequent_restarts',
        container: 'app',
        message: 'restarted 6 times',
        restart_count: 6,
      },
    ]);
  });

  it('finds frequent restarts of a container that runs again', () => {
    const pod = aPod('web', { containers: [aContainer('app', { status: { restartCount: 4 } })] });

    expect(brief(pod)).toEqual(['medium frequent_restarts app 4']);
  });

  it('finds a container that runs without being ready', () => {
    const pod = aPod('web', { containers: [aContainer('app', { status: { ready: false } })] });

    expect(brief(pod)).toEqual(['medium not_ready app 0']);
  });

  it('finds a container that ended and is not started again', () => {
    const terminated = { exitCode: 3, message: 'boom' };
    const pod = aPod('web', { containers: [aContainer('app', { status: { ready: false, state: { terminated } } })] });

    expect(podIssues(pod)).toMatchObject([{ type: 'Error', message: 'boom; last exit: code 3' }]);
  });

  it('finds a pod that no node takes', () => {
    expect(podIssues(aPendingPod('web', '0/3 nodes are available'))).toEqual([
      { severity: 'high', type: 'Unschedulable', message: '0/3 nodes are available', restart_count: 0 },
    ]);
  });

  it('finds an evicted pod', () => {
    const pod = aPod('web', {
      status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory', containerStatuses: [] },
    });

    expect(podIssues(pod)).toMatchObject([{ type: 'Evicted', message: 'low on memory' }]);
  });

  it('does not wait for an init container to be ready, but for a sidecar', () => {
    const notReady = { status: { ready: false } };
    const pod = aPod('web', {
      containers: [
        aContainer('setup', { init: true, ...notReady }),
        aContainer('proxy', { init: true, restartPolicy: 'Always', ...notReady }),
        aContainer('app'),
      ],
    });

    expect(brief(pod)).toEqual(['medium not_ready proxy 0']);
  });
});
