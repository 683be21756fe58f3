import { describe, expect, it } from 'vitest';
import { approvedDigest, isSameAction } from '../../../../src/tools/mend/approved-digest.ts';
import { aDraft, aLiveDeployment, evict, restart, scale } from '../../../support/healing.ts';

const { target, pods } = aLiveDeployment();
const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const draft = aDraft(scale(ref, 4), target);
const digest = approvedDigest('prod', draft);

describe('what is approved', () => {
  it('is the same whatever the status of the object does', () => {
    const later = aDraft(scale(ref, 4), aLiveDeployment({ metadata: { resourceVersion: '99' } }).target);

    expect(approvedDigest('prod', later)).toBe(digest);
  });

  it('is another one on another cluster, object, state of its spec, or with another write', () => {
    const [anew, changed] = [{ uid: 'another' }, { generation: 4 }].map(
      (metadata) => aLiveDeployment({ metadata }).target,
    );
    const others = [
      approvedDigest('test', draft),
      approvedDigest('prod', aDraft(scale(ref, 4), anew ?? target)),
      approvedDigest('prod', aDraft(scale(ref, 4), changed ?? target)),
      approvedDigest('prod', aDraft(scale(ref, 5), target)),
      approvedDigest('prod', { ...draft, operations: [] }),
      approvedDigest('prod', { ...draft, operations: [...draft.operations, ...draft.operations] }),
    ];

    expect(new Set([digest, ...others]).size).toBe(7);
  });

  it('names which pods are evicted', () => {
    const evictions = pods.map((pod) => approvedDigest('prod', aDraft(evict(ref), pod)));

    expect(new Set(evictions).size).toBe(3);
  });

  it('is another one when a pod of the same name came in the place of one that was shown', () => {
    const evicting = (uid: string) => [
      { verb: 'evict', on: { object: { ...ref, kind: 'Pod' }, apiVersion: 'v1', uid, resourceVersion: '1' } } as const,
    ];

    expect(approvedDigest('prod', { ...draft, operations: evicting('first') })).not.toBe(
      approvedDigest('prod', { ...draft, operations: evicting('second') }),
    );
  });
});

describe('whether two actions are the same', () => {
  it('does not depend on the order of their keys, or on fields that are undefined', () => {
    expect(isSameAction({ target: ref, name: 'restart_workload' }, restart(ref))).toBe(true);
    expect(
      isSameAction(
        { name: 'rollback_workload', target: ref, revision: undefined },
        { name: 'rollback_workload', target: ref },
      ),
    ).toBe(true);
    expect(isSameAction(scale(ref, 4), scale(ref, 5))).toBe(false);
    expect(isSameAction(restart(ref), restart({ ...ref, namespace: 'pay' }))).toBe(false);
  });
});
