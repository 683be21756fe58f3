import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/engines/objects.ts';
import {
  brokenPods,
  failedPods,
  leavingPods,
  podsOn,
  unassignedPods,
  unsettledPods,
} from '../../../src/engines/pod-groups.ts';
import { aContainer, anObject, aPod, aSnapshot, crashed, minutesAgo, waiting } from '../../support/builders.ts';

const snapshotOf = (...objects: Pod[]) => aSnapshot({ objects });
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);
const done = (terminated: object, more: object = {}) =>
  aContainer('migrate', { init: true, status: { ready: true, state: { terminated }, ...more } });
const completed = { exitCode: 0, reason: 'Completed' };
const readyAgain = { ready: true, restartCount: 1, state: { running: { startedAt: minutesAgo(5) } } };

describe('pods that are not settled', () => {
  it('leaves out those whose containers run since their start', () => {
    const settled = aPod('web', { containers: [aContainer(), done(completed)] });

    expect(unsettledPods(snapshotOf(settled))).toEqual([]);
  });

  it('keeps those of which a container waits, has ended, or is not known to be ready', () => {
    const snapshot = snapshotOf(
      aPod('waits', { containers: [aContainer('app', waiting('ImagePullBackOff'))] }),
      aPod('crashes', { containers: [aContainer('app', crashed({ exitCode: 1 }))] }),
      aPod('crashed', {
        containers: [aContainer('app', { status: { ...readyAgain, lastState: { terminated: { exitCode: 137 } } } })],
      }),
      aPod('migration-said-something', {
        containers: [aContainer(), done({ ...completed, message: 'no space left' })],
      }),
      aPod('migration-tried-twice', { containers: [aContainer(), done(completed, { restartCount: 1 })] }),
      aPod('unknown', { status: { containerStatuses: [] } }),
      anObject('Pod', 'bare'),
    );

    expect(names(unsettledPods(snapshot))).toEqual([
      'waits',
      'crashes',
      'crashed',
      'migration-said-something',
      'migration-tried-twice',
      'unknown',
      'bare',
    ]);
    expect(names(brokenPods(snapshot))).toEqual(['waits', 'crashes', 'bare']);
  });
});

describe('pods by what happens to them', () => {
  const snapshot = snapshotOf(
    aPod('web'),
    aPod('evicted', { status: { phase: 'Failed', reason: 'Evicted' } }),
    aPod('leaving', { metadata: { deletionTimestamp: minutesAgo(1) }, spec: { nodeName: undefined } }),
    aPod('pending', { spec: { nodeName: undefined }, status: { phase: 'Pending' } }),
  );

  it('tells the failed, the leaving and the unassigned apart', () => {
    expect(names(failedPods(snapshot))).toEqual(['evicted']);
    expect(names(leavingPods(snapshot))).toEqual(['leaving']);
    expect(names(unassignedPods(snapshot))).toEqual(['pending']);
  });

  it('knows every pod of a node', () => {
    expect(names(podsOn(snapshot, 'node-1'))).toEqual(['web', 'evicted']);
    expect(podsOn(snapshot, 'node-2')).toEqual([]);
  });
});
