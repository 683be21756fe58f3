import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../src/engines/healing/action.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import type { Hold } from '../../../../src/tools/mend/hold.ts';
import { evicted } from '../../../../src/tools/mend/patient-eviction.ts';
import { aPod } from '../../../support/builders.ts';
import { aWriter } from '../../../support/fake-reader.ts';

const pod = (metadata: object = {}): KubernetesObject => ({
  ...aPod('web-1'),
  metadata: { ...aPod('web-1').metadata, resourceVersion: '7', ...metadata },
});
const operation = { verb: 'evict', on: preconditionOf(pod()) } as const;
const held = new AppError('refused', 'PodDisruptionBudget/web does not allow this.', { details: { budget: 'web' } });
const moved = new AppError('conflict', 'It has changed.');
const gone = new AppError('not_found', 'No pod.');

interface World {
  /** How often a budget stands against it. */
  readonly refusals?: number;
  readonly live?: KubernetesObject | AppError;
  readonly first?: boolean;
  readonly stop?: AbortController;
  readonly error?: AppError;
}

async function evicting({
  refusals = 0,
  live = pod(),
  first = true,
  stop = new AbortController(),
  error = held,
}: World = {}) {
  const tried: string[] = [];
  const counts = { pauses: 0, renewals: 0 };
  const writer = aWriter({
    apply: async ({ on }) => {
      tried.push(on.resourceVersion);
      if (tried.length <= refusals) throw error;
      return undefined;
    },
    current: async () => {
      if (live instanceof AppError) throw live;
      return live;
    },
  });
  const pause = async (_: number, signal: AbortSignal) => {
    counts.pauses += 1;
    signal.throwIfAborted();
  };
  const hold = { renew: async () => void (counts.renewals += 1) } as unknown as Hold;
  const outcome = await evicted(operation, {
    writer,
    healing: { clock: { now: () => 0, pause }, audit: () => {} },
    hold,
    actionId: 'a1',
    seen: pod(),
    first,
    stop: stop.signal,
    signal: new AbortController().signal,
  }).then(
    () => 'evicted',
    (thrown: unknown) => thrown,
  );
  return { outcome, tried, ...counts };
}

describe('an eviction', () => {
  it('is sent once where no budget stands against it', async () => {
    expect(await evicting()).toEqual({ outcome: 'evicted', tried: ['7'], pauses: 0, renewals: 0 });
  });

  it('waits for a budget, and says meanwhile that it is worked on', async () => {
    expect(await evicting({ refusals: 3 })).toMatchObject({ outcome: 'evicted', pauses: 3, renewals: 3 });
  });

  it('that a budget forbids for a minute is reported, and never forced', async () => {
    const { outcome, tried } = await evicting({ refusals: 99 });

    expect(outcome).toBe(held);
    expect(tried).toHaveLength(12);
  });

  it('that fails for another reason is not tried again', async () => {
    const error = new AppError('refused', 'A webhook says no.', { details: { admission: true } });

    expect(await evicting({ refusals: 99, error })).toMatchObject({ outcome: error, tried: ['7'] });
  });

  it('ends its waiting when the process does', async () => {
    const stop = new AbortController();
    stop.abort();

    expect(await evicting({ refusals: 99, stop })).toMatchObject({ tried: ['7'], pauses: 1 });
  });

  it('is bound to a later state of the pod in which it waits for something else', async () => {
    const waiting = { ...aPod('web-1').status, message: 'ImagePullBackOff' };
    const live = { ...pod({ resourceVersion: '8' }), status: waiting };

    expect(await evicting({ refusals: 1, error: moved, live })).toMatchObject({
      outcome: 'evicted',
      tried: ['7', '8'],
    });
  });

  it('is a conflict when the pod is no longer as ready, or was changed', async () => {
    const conditions = [{ type: 'Ready', status: 'False' }];
    const unready = { ...pod({ resourceVersion: '8' }), status: { phase: 'Running', conditions } };
    const ended = { ...pod({ resourceVersion: '8' }), status: { ...aPod('web-1').status, phase: 'Failed' } };
    const opened = pod({ resourceVersion: '8', annotations: { 'kubemend.dev/heal': 'false' } });

    for (const live of [unready, ended, opened])
      expect(await evicting({ refusals: 1, error: moved, live })).toMatchObject({ outcome: moved, tried: ['7'] });
  });

  it('after others is of the pod in its present state', async () => {
    expect(await evicting({ first: false, live: pod({ resourceVersion: '9' }) })).toMatchObject({
      outcome: 'evicted',
      tried: ['9'],
    });
  });

  it('after others has nothing to do for a pod that is gone, leaving, or another one', async () => {
    const none = { outcome: 'evicted', tried: [] };

    expect(await evicting({ first: false, live: gone })).toMatchObject(none);
    expect(await evicting({ first: false, live: pod({ uid: 'another' }) })).toMatchObject(none);
    expect(await evicting({ first: false, live: pod({ deletionTimestamp: 'now' }) })).toMatchObject(none);
  });

  it('after others fails when the pod cannot be read', async () => {
    const away = new AppError('unavailable', 'Away.');

    expect(await evicting({ first: false, live: away })).toMatchObject({ outcome: away, tried: [] });
  });
});
