import { describe, expect, it } from 'vitest';
import { printedStatus } from '../../../../src/kubernetes/archive/pod-status.ts';
import { aContainer, anObject, aPod, crashed, waiting } from '../../../support/builders.ts';

const terminated = (state: object, restartCount = 0) => ({
  status: { ready: false, restartCount, state: { terminated: state } },
});

describe('printedStatus', () => {
  it.each([
    ['a running pod', aPod('web'), '1/1 Running 0'],
    ['a crash', aPod('web', { containers: [aContainer('app', crashed({ exitCode: 1 }))] }), '0/1 CrashLoopBackOff 6'],
    [
      'the first of several troubles',
      aPod('web', {
        containers: [aContainer('a', waiting('ErrImagePull')), aContainer('b', crashed({ exitCode: 1 }))],
      }),
      '0/2 ErrImagePull 6',
    ],
    ['an exit code', aPod('web', { containers: [aContainer('app', terminated({ exitCode: 3 }))] }), '0/1 ExitCode:3 0'],
    [
      'a signal',
      aPod('web', { containers: [aContainer('app', terminated({ exitCode: 0, signal: 9 }))] }),
      '0/1 Signal:9 0',
    ],
    [
      'a container that goes on beside one that is done',
      aPod('web', {
        containers: [aContainer('app'), aContainer('once', terminated({ exitCode: 0, reason: 'Completed' }))],
      }),
      '1/2 NotReady 0',
    ],
    ['an eviction', anObject('Pod', 'web', { status: { phase: 'Failed', reason: 'Evicted' } }), '0/0 Evicted 0'],
    [
      'a gate',
      anObject('Pod', 'web', {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      }),
      '0/0 SchedulingGated 0',
    ],
    [
      'a deletion',
      anObject('Pod', 'web', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: { phase: 'Running' } }),
      '0/0 Terminating 0',
    ],
    [
      'a lost node',
      anObject('Pod', 'web', {
        metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
        status: { phase: 'Running', reason: 'NodeLost' },
      }),
      '0/0 Unknown 0',
    ],
    ['nothing at all', anObject('Pod', 'web'), '0/0 Unknown 0'],
  ])('prints %s as kubectl does', (_what, pod, printed) => {
    const { ready, containers, status, restarts } = printedStatus(pod);

    expect(`${ready}/${containers} ${status} ${restarts}`).toBe(printed);
  });

  it.each([
    ['waits its turn', [{ name: 'a', state: { running: {} } }], 'Init:0/2'],
    ['is being prepared', [{ name: 'a', state: { waiting: { reason: 'PodInitializing' } } }], 'Init:0/2'],
    ['cannot start', [{ name: 'a', state: { waiting: { reason: 'ErrImagePull' } } }], 'Init:ErrImagePull'],
    [
      'fails after another was done',
      [
        { name: 'a', state: { terminated: { exitCode: 0 } } },
        { name: 'b', state: { terminated: { exitCode: 1, reason: 'Error' } } },
      ],
      'Init:Error',
    ],
  ])('says that an init container %s', (_what, initContainerStatuses, printed) => {
    const pod = anObject('Pod', 'web', {
      spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'a' }, { name: 'b' }] },
      status: { phase: 'Pending', initContainerStatuses, containerStatuses: [] },
    });

    expect(printedStatus(pod)).toMatchObject({ ready: 0, containers: 1, status: printed });
  });

  it('counts a sidecar among the containers, and its restarts among the restarts', () => {
    const pod = anObject('Pod', 'web', {
      spec: {
        containers: [{ name: 'app' }],
        initContainers: [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'a' }],
      },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Initialized', status: 'True' }],
        initContainerStatuses: [
          { name: 'proxy', started: true, ready: true, restartCount: 2, state: { running: {} } },
          { name: 'a', restartCount: 5, state: { terminated: { exitCode: 0 } } },
        ],
        containerStatuses: [{ name: 'app', ready: true, restartCount: 1, state: { running: {} } }],
      },
    });

    expect(printedStatus(pod)).toEqual({ ready: 2, containers: 2, status: 'Running', restarts: 3 });
  });
});
