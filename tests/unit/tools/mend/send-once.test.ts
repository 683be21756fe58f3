import { describe, expect, it } from 'vitest';
import { type Operation, preconditionOf } from '../../../../src/engines/healing/action.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import type { HealingEvent } from '../../../../src/tools/mend/healing.ts';
import { sendOnce } from '../../../../src/tools/mend/send-once.ts';
import { aPod } from '../../../support/builders.ts';
import { aWriter } from '../../../support/fake-reader.ts';
import { aLiveDeployment } from '../../../support/healing.ts';

const { target } = aLiveDeployment();
const written = aLiveDeployment({ metadata: { annotations: { 'kubemend.dev/action': 'a1' } } }).target;
const patch: Operation = { verb: 'patch', on: preconditionOf(target), steps: [] };
const lost = new AppError('timeout', 'No answer.', { details: { effect: 'unknown' } });
const away = new AppError('unavailable', 'Away.');

/** A write that ends so, and the object at each look after it. */
async function sent(
  outcome: KubernetesObject | Error,
  looks: readonly (KubernetesObject | Error)[] = [],
  operation = patch,
) {
  const left = [...looks];
  let writes = 0;
  const writer = aWriter({
    apply: async () => {
      writes += 1;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    current: async () => {
      const seen = left.shift();
      if (seen === undefined || seen instanceof Error) throw seen ?? new Error('not expected');
      return seen;
    },
  });
  const audited: HealingEvent[] = [];
  const healing = {
    clock: { now: () => 0, pause: async () => {} },
    audit: (event: HealingEvent) => void audited.push(event),
  };
  const result = await sendOnce(operation, 'a1', { writer, healing, signal: new AbortController().signal }).catch(
    (error: unknown) => error,
  );
  return { result, writes, looks: looks.length - left.length, audited };
}

describe('a write that is sent once', () => {
  it('returns what the server left', async () => {
    expect(await sent(written)).toMatchObject({ result: written, writes: 1, looks: 0 });
  });

  it('fails as it is refused, without a look', async () => {
    const refused = new AppError('conflict', 'It has changed.');

    expect(await sent(refused)).toMatchObject({ result: refused, writes: 1, looks: 0 });
  });

  it('fails without a look when it surely never left', async () => {
    const unsent = new AppError('unavailable', 'No connection.', { details: { effect: 'none' } });

    expect(await sent(unsent)).toMatchObject({ result: unsent, writes: 1, looks: 0 });
  });

  it('is found in the object when its answer was lost, sooner or later', async () => {
    expect(await sent(lost, [written])).toMatchObject({ result: written, writes: 1, looks: 1 });
    expect(await sent(lost, [target, away, written])).toMatchObject({ result: written, writes: 1, looks: 3 });
  });

  it('is said not to have happened when it is not found', async () => {
    const { result, writes, looks } = await sent(lost, [target, target, target]);

    expect(result).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('It was not'),
      details: { effect: 'none' },
    });
    expect([writes, looks]).toEqual([1, 3]);
  });

  it('is said to be unknown when the object cannot be asked in the end', async () => {
    const { result, writes } = await sent(lost, [target, away, away]);

    expect(result).toMatchObject({
      code: 'timeout',
      details: { effect: 'unknown' },
      hint: expect.stringContaining('list_actions'),
    });
    expect(writes).toBe(1);
  });

  it('happened when the pod of an eviction is gone', async () => {
    const eviction: Operation = { verb: 'evict', on: preconditionOf(aPod('web-1')) };

    expect(await sent(lost, [new AppError('not_found', 'No pod.')], eviction)).toMatchObject({
      result: undefined,
      writes: 1,
    });
  });

  it('fails as it is when it fails unexpectedly', async () => {
    const slip = new TypeError('a slip');

    expect(await sent(slip)).toMatchObject({ result: slip, writes: 1, looks: 0 });
  });

  it('is told to the audit with the versions before and after it, and only when it happened', async () => {
    const told = {
      actionId: 'a1',
      object: 'shop/Deployment/web',
      outcome: 'written',
      verb: 'patch',
      resourceVersion: { before: '7', after: '8' },
    };
    const left = { ...written, metadata: { ...written.metadata, resourceVersion: '8' } };

    expect((await sent(left)).audited).toEqual([told]);
    expect((await sent(lost, [target, left])).audited).toEqual([told]);
    expect((await sent(lost, [target, target, target])).audited).toEqual([]);
    expect((await sent(new AppError('conflict', 'It has changed.'))).audited).toEqual([]);
  });
});
