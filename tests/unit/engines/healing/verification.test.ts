import { describe, expect, it } from 'vitest';
import { rolloutVerification } from '../../../../src/engines/healing/verification.ts';
import { aContainer, aSnapshot, crashed, minutesAgo } from '../../../support/builders.ts';
import { aLiveDeployment } from '../../../support/healing.ts';

const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const after = (container: ReturnType<typeof aContainer>, replicas = 1) =>
  rolloutVerification(
    aSnapshot({ objects: aLiveDeployment({ replicas, pod: { containers: [container] } }).all }),
    ref,
    'ready',
  );

describe('how a rollout is verified', () => {
  it('gives it three minutes, and half a minute for each pod', () => {
    expect(after(aContainer('app'), 4)).toEqual({
      expects: 'ready',
      by: 'rollout',
      holdSeconds: 0,
      deadlineSeconds: 300,
    });
  });

  it('is bounded for a thousand pods', () => {
    expect(after(aContainer('app'), 100).deadlineSeconds).toBe(1_200);
  });

  it('holds twice the life that containers had, at least two minutes', () => {
    const lived = (minutes: number) =>
      crashed({ startedAt: minutesAgo(minutes + 1), finishedAt: minutesAgo(1), exitCode: 1 });

    expect(after(aContainer('app', lived(0.1))).holdSeconds).toBe(120);
    expect(after(aContainer('app', lived(5))).holdSeconds).toBe(600);
    expect(after(aContainer('app', lived(5))).deadlineSeconds).toBe(210 + 600);
  });

  it('holds half an hour at most', () => {
    expect(
      after(aContainer('app', crashed({ startedAt: minutesAgo(100), finishedAt: minutesAgo(1) }))).holdSeconds,
    ).toBe(1_800);
  });

  it('does not hold for what ended more than an hour ago', () => {
    expect(
      after(aContainer('app', crashed({ startedAt: minutesAgo(90), finishedAt: minutesAgo(70) }))).holdSeconds,
    ).toBe(0);
  });

  it('does not hold for an init container that has done its work, but for one that failed before', () => {
    const done = { state: { terminated: { exitCode: 0, startedAt: minutesAgo(2), finishedAt: minutesAgo(1) } } };
    const failed = { terminated: { exitCode: 1, startedAt: minutesAgo(4), finishedAt: minutesAgo(3) } };

    expect(after(aContainer('setup', { init: true, status: done })).holdSeconds).toBe(0);
    expect(
      after(aContainer('setup', { init: true, status: { ...done, restartCount: 1, lastState: failed } })).holdSeconds,
    ).toBe(120);
  });

  it('holds two minutes after restarts of which nothing else is known', () => {
    expect(after(aContainer('app', { status: { restartCount: 2, lastState: {} } })).holdSeconds).toBe(120);
  });
});
